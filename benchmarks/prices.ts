/** List prices in US dollars, us-east-1, without free tiers. */

/**
 * AWS's own page, https://aws.amazon.com/lambda/pricing/, could be looked up only without its tables. The prices are as others transcribed
 * them for us-east-1 and the first tier: https://cloudchipr.com/blog/aws-lambda-pricing (2024, a GB-second) and
 * https://git.mcrn.ar/mariano/lambda_local_runner/src/branch/main/docs/lambdas-md/lambda-13-cost.md (2026, the same and a request).
 */
export const LAMBDA_REQUEST = 0.20 / 1_000_000;
export const LAMBDA_GB_SECOND = { x86_64: 0.0000166667, arm64: 0.0000133334 } as const;

/** Standard workflows: "US East (N. Virginia) $0.0250" per 1,000 in the table of https://aws.amazon.com/step-functions/pricing/ */
export const STATE_TRANSITION = 0.025 / 1_000;

/** On demand, since November 2024: https://aws.amazon.com/dynamodb/pricing/on-demand/ A consistent read of up to 4 KB is one unit, a write of up to 1 KB. */
export const READ_UNIT = 0.125 / 1_000_000;
export const WRITE_UNIT = 0.625 / 1_000_000;
