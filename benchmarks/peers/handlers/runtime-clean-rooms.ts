/** `@aws-sdk/client-cleanrooms` as Lambda's runtime will have it. */
export * from '@aws-sdk/client-cleanrooms';
export * from '../../../src/handlers/population/clean-rooms-commands';
