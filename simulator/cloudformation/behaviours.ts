/** What CloudFormation may do, and a library has to stand. */
export interface CloudFormationBehaviours {
  /** Delivers each event of a custom resource a second time, so many seconds later. @default once only */
  deliverAgainAfterSeconds?: number;
  /** A retried deployment may come with the RequestId of the earlier one. @default 'fresh' */
  requestIds?: 'fresh' | 'reused';
  /** What `Fn::GetStackOutput` gives in a rollback; its page speaks of creates and updates only. @default 'read again' */
  stackOutputsInRollback?: 'read again' | 'remembered';
  /** Tables that PySpark jobs populate, in a template: CloudFormation does not know them yet. @default 'refused' */
  jobTables?: 'refused' | 'accepted';
}
