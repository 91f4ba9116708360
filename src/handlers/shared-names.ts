/** What the constructs and the handlers call alike. */

/** Of the metrics that runs publish. */
export const METRIC_NAMESPACE = 'CleanRoomsIntermediateTable';
export const METRIC_DIMENSION = 'StateMachineArn';

/** What the run only measures is started with. */
export const OBSERVE_INPUT = { observe: true };

/** Of the events that state machines put on the account's default bus. */
export const EVENT_SOURCE = 'cdk-cleanrooms-intermediate-table';
export const POPULATED = 'Intermediate Table Populated';
export const POPULATION_FAILED = 'Intermediate Table Population Failed';
