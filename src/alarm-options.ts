import { Duration } from 'aws-cdk-lib';

/**
 * Options of an alarm on failed populations.
 */
export interface FailureAlarmOptions {
  /**
   * How many populations have to fail within the period, at least 1.
   *
   * @default 1
   */
  readonly threshold?: number;

  /**
   * The period that failures are counted in.
   *
   * @default Duration.minutes(5)
   */
  readonly period?: Duration;

  /**
   * The alarm's name.
   *
   * @default - CloudFormation generates one
   */
  readonly alarmName?: string;

  /**
   * What the alarm says of itself.
   *
   * @default - names the population and where to look
   */
  readonly alarmDescription?: string;
}

/**
 * Options of an alarm on the expiry of the live version.
 */
export interface ExpiryAlarmOptions {
  /**
   * How long before the live version expires the alarm goes off, at least 12 hours: its age is measured four times a day.
   *
   * @default Duration.days(3)
   */
  readonly before?: Duration;

  /**
   * The alarm's name.
   *
   * @default - CloudFormation generates one
   */
  readonly alarmName?: string;

  /**
   * What the alarm says of itself.
   *
   * @default - names the population and what to do
   */
  readonly alarmDescription?: string;
}

/**
 * Options of an alarm on the age of the live version's data.
 */
export interface FreshnessAlarmOptions {
  /**
   * How old the data may be, 12 hours to 365 days: its age is measured four times a day. Give more than what lies between two refreshes.
   */
  readonly maxAge: Duration;

  /**
   * The alarm's name.
   *
   * @default - CloudFormation generates one
   */
  readonly alarmName?: string;

  /**
   * What the alarm says of itself.
   *
   * @default - names the population and how old its data may be
   */
  readonly alarmDescription?: string;
}
