import { Duration } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { IParameterRef } from 'aws-cdk-lib/aws-ssm';
import { PopulationCompute } from './compute';
import { IIntermediateTablePopulation } from './i-intermediate-table-population';
import { PopulateOnDeploy } from './populate-on-deploy';

/**
 * How a table is populated, whichever table it is.
 */
export interface IntermediateTablePopulationOptions {
  /**
   * Values for the parameters of the table's stored query, by name.
   *
   * Names are 1 to 100 letters, digits and underscores; values have up to 1,000 characters, and all of them, those of schedules included,
   * 64 kB. They stand in the template and on record, so they are no place for secrets, and none are taken from Secrets Manager.
   *
   * @default - the stored query's own defaults
   * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html
   */
  readonly parameters?: { [name: string]: string };

  /**
   * What the query runs on.
   *
   * @default - the service's: 16 workers of type CR.1X
   */
  readonly compute?: PopulationCompute;

  /**
   * The account that pays for the query, 12 digits.
   *
   * @default - the one that the collaboration configures
   */
  readonly analysisPayerAccountId?: string;

  /**
   * When a deploy populates the table.
   *
   * @default PopulateOnDeploy.ON_CHANGE
   */
  readonly populateOnDeploy?: PopulateOnDeploy;

  /**
   * Further values whose change makes a deploy populate again, such as the version of the data that the query reads.
   *
   * They only have an effect with `PopulateOnDeploy.ON_CHANGE`.
   *
   * @default - none
   */
  readonly triggers?: string[];

  /**
   * Populates the table again and again: with a new version each time, while the previous one stays available.
   *
   * A version expires 30 days after it was made, unless the table was created with another retention: a schedule well within that keeps
   * the table from it, and leaves time for a failure to be mended. A deploy does not, where it changes nothing of the population.
   *
   * @default - only deploys populate
   */
  readonly schedule?: events.Schedule;

  /**
   * How long a population may take, from its start until its version can be queried, waiting for quotas and for other runs of the table
   * included: 1 minute to 12 hours.
   *
   * Above 55 minutes a deploy waits with a wait condition, since CloudFormation waits for a custom resource for an hour only.
   *
   * @default Duration.minutes(55)
   */
  readonly timeout?: Duration;

  /**
   * Whether the protected query is cancelled when the timeout is over. A query that goes on costs money, and may still make its version live:
   * the next deploy that wants the same waits for it, and pays for no other.
   *
   * @default true
   */
  readonly cancelOnTimeout?: boolean;

  /**
   * A brake on money: a run that would populate when the last 24 hours have been billed so many CRPU-hours, above 0, for this table fails
   * before it pays, as `BillingLimitReached`: deploys, rollbacks that would have to populate, schedules and runs by hand alike. A run that
   * has nothing to populate is not held back.
   *
   * Queries that failed or were cancelled count. One whose bill Clean Rooms does not show counts as its workers for as long as it took. What
   * is running is not stopped, so the last one may go beyond the limit: give less than you are ready to pay, and more than what the runs of
   * an ordinary day are billed, since yesterday's count when today's begin. Hours are counted by the clock, each until a day after the last
   * query that ended in it. Another limit counts at once, and populates nothing.
   *
   * What is counted is what this population makes of this table: a table that is replaced begins anew, as does one whose population has
   * moved to another stack, and what others have populated does not count.
   *
   * @default - no limit
   * @throws if it is not above 0
   * @see https://aws.amazon.com/clean-rooms/pricing/
   */
  readonly maxBilledCrpuHoursPerDay?: number;

  /**
   * Whether the stack gets an output `VersionId`.
   *
   * @default true
   */
  readonly versionIdOutput?: boolean;

  /**
   * The KMS key, of the stack's region, that the table's data is encrypted with, for the permission to use it. A change of the key populates again.
   *
   * @default - the key of a table that this app defines; an AWS owned key otherwise
   * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html
   */
  readonly encryptionKey?: IKeyRef;

  /**
   * Populations that the table's query builds on, of this app, account and region. On deploy this population comes after them, and
   * repopulates when a deploy repopulates one of them. On refresh it runs when one of them has a new version and none is about to get one.
   *
   * If this app defines the table, it is created after them, too: a query can only read tables that are populated.
   *
   * @default - none
   */
  readonly refreshAfter?: IIntermediateTablePopulation[];

  /**
   * An SSM parameter of type String, in the stack's account and region, that always holds the id of the live version: every run that
   * ends well writes it.
   *
   * For other stacks and apps, which the output would not tell of refreshes. The parameter's value in the template is only
   * the first one; it must not be this population's own `versionId`, which would be a circular dependency.
   *
   * @default - none
   */
  readonly versionParameter?: IParameterRef;
}

/**
 * Properties of an `IntermediateTablePopulation`.
 */
export interface IntermediateTablePopulationProps extends IntermediateTablePopulationOptions {
  /**
   * The table to populate, in the stack's account and region: only a table's owner may populate it.
   *
   * An `IntermediateTable` or a `CfnIntermediateTable`; see `IntermediateTable.fromIntermediateTableAttributes()` for tables of other apps.
   */
  readonly intermediateTable: IIntermediateTableRef;
}
