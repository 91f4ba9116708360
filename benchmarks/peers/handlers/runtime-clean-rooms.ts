/** `@aws-sdk/client-cleanrooms` as Lambda's runtime will have it. */
export * from '@aws-sdk/client-cleanrooms';
// What both have: as the newest API has it.
export {
  GetIntermediateTableCommand, GetProtectedJobCommand, GetProtectedQueryCommand, ListIntermediateTableVersionsCommand, ListProtectedJobsCommand,
  ListProtectedQueriesCommand, PopulateIntermediateTableCommand,
} from '../../../src/handlers/clean-rooms/commands';
