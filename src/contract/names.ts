/** What the constructs and the functions call alike. */

/** Of the functions' environment. */
export const RECORD_TABLE_VARIABLE = 'RECORD_TABLE';
export const EXECUTION_PREFIX_VARIABLE = 'EXECUTION_PREFIX';

/** Of the record's table. */
export const RECORD_KEY = 'id';
export const RECORD_EXPIRES = 'expires';

/** Begins the names of state machines. */
export const STATE_MACHINE_PREFIX = 'IntermediateTable';

/** Of the metrics that runs publish. */
export const METRIC_NAMESPACE = 'CleanRoomsIntermediateTable';
export const METRIC_DIMENSION = 'StateMachineArn';

/** Of the events that state machines put on the account's default bus. */
export const EVENT_SOURCE = 'cdk-cleanrooms-intermediate-table';
export const POPULATED = 'Intermediate Table Populated';
export const POPULATION_FAILED = 'Intermediate Table Population Failed';
