/**
 * The time budgets, in seconds, all in one place: promise 2, that CloudFormation is answered before its own timeout, rests on their order.
 * `test/contract/time.test.ts` checks it.
 */

/** The longest that CloudFormation waits for a custom resource: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html */
export const RESOURCE_LIMIT = 3_600;
/** The longest for a wait condition: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html */
export const CONDITION_LIMIT = 43_200;

/** What a user may choose. */
export const SHORTEST_TIMEOUT = 60;
export const LONGEST_TIMEOUT = 43_200;
/** The longest without a wait condition. */
export const LONGEST_UNAIDED = 55 * 60;

/** A step of the population function may look for so long, then hands back to the machine. */
export const LINGER = 45;
/** Lambda's timeout for it: a step that lingers, and the slowest requests after that. */
export const POPULATION_FUNCTION = 90;
/** And for the deployment function: what it asks for, and two requests more to tell why there is no answer. */
export const DEPLOYMENT_FUNCTION = 120;
/** How long the deployment function goes on asking: IAM may need a minute before a policy that was just attached counts. */
export const SETTLES = 75;
/** Between our answer, at the latest, and CloudFormation's own timeout. */
export const MARGIN = 30;

/** The longest that a request to Clean Rooms takes before it is given up. */
export const REQUEST = 15;
/** From the intent to its request: where the record is slower than that, nothing is sent. */
export const INTENDS = 10;
/** Past this, counted from the intent, what cannot be found was not accepted: its request is over by then, and lists lag by seconds. */
export const DOUBT = 90;
/** How long a query's cancellation may take, at least. */
export const CANCELS = 120;
/** For the report to arrive, a crash of its function included. */
export const REPORTS = 60;
/** From a run's own deadline to CloudFormation's: a doubt is settled, what was found is cancelled, and all is reported. */
export const WINDS_UP = DOUBT + CANCELS + REPORTS;

/** An event may lie in Lambda's queue, or be handed over again after crashes. */
export const LATE = 900;

/** How long CloudFormation waits for the custom resource of a population: our own message is to come first, also after a late start. */
export const resourceTimeout = (timeout: number): number => Math.min(timeout + LATE + WINDS_UP, RESOURCE_LIMIT);

/** Longer than a custom resource can wait: a wait condition does. */
export const isLong = (timeout: number): boolean => timeout > LONGEST_UNAIDED;

/**
 * The machine's own timeout: the longest run there can be, and some. One constant, since executions keep the definition that they began with:
 * a shorter one of before would end a run that was started for a longer one.
 */
export const MACHINE = LONGEST_TIMEOUT + 3_600;
