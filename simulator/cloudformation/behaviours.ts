/** What CloudFormation may do to a custom resource, and a library has to stand. */
export interface CustomResourceBehaviours {
  /** Delivers each event a second time, so many seconds later. @default once only */
  deliverAgainAfterSeconds?: number;
  /** A retried deployment may come with the RequestId of the earlier one. @default 'fresh' */
  requestIds?: 'fresh' | 'reused';
}
