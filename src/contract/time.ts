/**
 * The time budgets, in seconds, all in one place: promise 2, that CloudFormation is answered before its own timeout, and promise 1 rest on
 * their order. `test/contract/time.test.ts` checks it.
 */

/** The longest that CloudFormation waits for a custom resource: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html */
export const RESOURCE_LIMIT_SECONDS = 3_600;
/** The longest for a wait condition: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html */
export const WAIT_CONDITION_LIMIT_SECONDS = 43_200;

/** What a user may choose. */
export const MIN_TIMEOUT_SECONDS = 60;
export const MAX_TIMEOUT_SECONDS = 43_200;
/** The longest without a wait condition. */
export const MAX_UNAIDED_TIMEOUT_SECONDS = 55 * 60;

/** A step of the population function may go on looking for so long, then hands back to the machine. */
export const MAX_POLL_SECONDS = 45;
/** A step ends itself after this, whatever timeout somebody has given its function: the lease rests on that. */
export const STEP_LIMIT_SECONDS = 75;
/** Lambda's timeout for it. */
export const POPULATION_FUNCTION_TIMEOUT_SECONDS = 90;
/** The slowest requests that may follow when a step has looked for the last time. */
export const STEP_SHUTDOWN_SECONDS = 30;

/** Who holds the lease of a table may act: longer than an invocation can live, with a late start. Each step renews it. */
export const LEASE_SECONDS = 180;
/** Who holds the admission may ask the account for a query. */
export const ADMISSION_SECONDS = 15;

/** The longest that a request to Clean Rooms takes before it is given up. */
export const REQUEST_TIMEOUT_SECONDS = 15;
/** From the intent to its request: where the record is slower than that, nothing is sent. */
export const INTENT_MAX_AGE_SECONDS = 10;
/** An intent without an answer is looked for so long: by then whoever wrote it is dead, and lists show what it sent. */
export const RECOVERY_SECONDS = 180;
/** How long a version may take from its query's success until it is the live one. */
export const GOES_LIVE_SECONDS = 900;

/** From a run's own deadline: what is in doubt is found, what was found is cancelled. */
export const SHUTDOWN_GRACE_SECONDS = 210;
/** For the report to arrive, a crash of its function included. */
export const REPORT_SECONDS = 60;
/** Between our answer, at the latest, and CloudFormation's own timeout. */
export const ANSWER_MARGIN_SECONDS = 30;

/** For what runs on a table whose custom resource is deleted: it is cancelled in that time. */
export const RELEASE_SECONDS = 300;

/** How long a downstream table waits for an upstream one that is due and not at work, or whose stack was just deployed. */
export const UPSTREAM_WAIT_SECONDS = 600;

/** From when an event was signed: so long the deployment function tries to record it and to start its run. */
export const RETRY_SECONDS = 600;
/** Lambda's timeout for it: that, a delivery that took a moment, and the answer. */
export const DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS = 720;
/** Lambda hands an event over again a minute after a crash, and two after another: also where both took all there was; and the third has one. */
export const EVENT_MAX_DELAY_SECONDS = 2 * DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS + 60 + 120 + 60;

const SHUTDOWN_SECONDS = SHUTDOWN_GRACE_SECONDS + REPORT_SECONDS;

/** Returns how long CloudFormation waits for the custom resource of a population: our own message is to come first, also after a late start. */
export const resourceTimeoutSeconds = (timeoutSeconds: number): number =>
  Math.min(timeoutSeconds + EVENT_MAX_DELAY_SECONDS + SHUTDOWN_SECONDS, RESOURCE_LIMIT_SECONDS);

/** Returns by when a run has to come to its end for its report to arrive in time, in milliseconds. */
export const deadlineFor = (answerByMillis: number): number => answerByMillis - SHUTDOWN_SECONDS * 1_000;

/** Returns whether a custom resource cannot wait for it: a wait condition does. */
export const isLong = (timeoutSeconds: number): boolean => timeoutSeconds > MAX_UNAIDED_TIMEOUT_SECONDS;

/**
 * The machine's own timeout: the longest run there can be, and some. One constant, since executions keep the definition that they began with:
 * a shorter one of before would end a run that was started for a longer one.
 */
export const STATE_MACHINE_TIMEOUT_SECONDS = MAX_TIMEOUT_SECONDS + 3_600;
