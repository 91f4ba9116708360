/**
 * Options of a schedule that `addSchedule` adds.
 */
export interface AddScheduleOptions {
  /**
   * Parameters for this schedule's populations, over those of the population, by name.
   *
   * Names are 1 to 100 letters, digits and underscores; values have up to 1,000 characters.
   *
   * @default - the population's parameters
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Whether the schedule is on.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * What the EventBridge rule says of itself.
   *
   * @default - names the population
   */
  readonly description?: string;
}
