/**
 * When a deploy populates the table.
 *
 * CloudFormation sends an event only where a deploy changes something of the population in the template. Without one nothing is looked at,
 * whatever the mode: data that has expired stays so in a stack that is deployed again as it is. A schedule well within the table's
 * retention (30 days by default) keeps it from expiring, `createExpiryAlarm()` tells in time, and another value in `triggers` makes
 * the next deploy look.
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
   * A deploy that changes nothing of these but, say, the timeout populates only if the table has no live version, as when it has expired.
   */
  ON_CHANGE = 'ON_CHANGE',

  /**
   * On every deploy of the stack that is synthesized anew: each synthesis gives another template then, and each of these deploys costs
   * a population. The same cloud assembly, deployed again, changes nothing and populates nothing.
   */
  ALWAYS = 'ALWAYS',

  /**
   * Only when the table has no live version: on the first deploy, and when a deploy changes the population after its data has expired.
   */
  IF_UNPOPULATED = 'IF_UNPOPULATED',

  /**
   * Never. `versionId` is then the version that was live when a deploy last changed the population, or empty where there was none.
   */
  NEVER = 'NEVER',
}
