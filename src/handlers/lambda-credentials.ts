/**
 * What the bundles have for the SDK's default chain of credential providers (see `.projenrc.ts`): Lambda puts a function's
 * credentials into its environment, and the chain's clients of SSO, STS and Cognito were a quarter of each bundle.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
