/** List prices in US dollars, us-east-1, without free tiers; from memory, so check them against the pages named before relying on a figure. */

/** https://aws.amazon.com/lambda/pricing/ */
export const LAMBDA_REQUEST = 0.20 / 1_000_000;
export const LAMBDA_GB_SECOND = { x86_64: 0.0000166667, arm64: 0.0000133334 } as const;

/** Standard workflows: https://aws.amazon.com/step-functions/pricing/ */
export const STATE_TRANSITION = 0.025 / 1_000;
