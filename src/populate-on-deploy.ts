/**
 * When a deploy populates the table.
 *
 * Schedules, and executions that you start yourself, populate in every mode.
 *
 * What the live version was made of is known by the table: a population whose construct is renamed or moved within its stack pays nothing,
 * nor does a rollback as long as the old version is live. Where a version is live that somebody else has made, `ON_CHANGE` and `ALWAYS`
 * bring the template's data back. After a deploy's population has failed none begins, not even a schedule's, before CloudFormation rolls
 * back or deploys again.
 */
export enum PopulateOnDeploy {
  /**
   * On the first deploy, and when the table is replaced, its parameters, compute, payer or KMS key change, or a trigger does.
   * A deploy that changes nothing of these populates only if the table has no live version, as when it has expired.
   */
  ON_CHANGE = 'ON_CHANGE',

  /**
   * On every deploy of the stack. Every synthesis gives a new template then, and every deploy costs a population.
   */
  ALWAYS = 'ALWAYS',

  /**
   * Only when the table has no live version: on the first deploy, and after its data has expired.
   */
  IF_UNPOPULATED = 'IF_UNPOPULATED',

  /**
   * Never. `versionId` is then the version that is live while deploying, or empty where there is none.
   */
  NEVER = 'NEVER',
}
