import { short } from './executions';
import { baseOf, type Oracle } from './oracle';
import { MEMBERSHIP } from './stack';
import type { World } from './world';
import { desiredOf } from '../../src/handlers/record/desired';
import { tableKey, toTableRecord } from '../../src/handlers/record/items';

/** What can be said at the end of a life. */
export function judgeTheEnd(world: World, oracle: Oracle): void {
  paidOnce(world, oracle);
  everythingEnds(world, oracle);
  overtakenRunsEnd(world, oracle);
  stacksSucceed(world, oracle);
  runsSucceed(world, oracle);
  dataFollowsTheTemplate(world, oracle);
  nothingForNothing(world, oracle);
}

/** Promise 1: at most one accepted populate a deploy and a run. */
function paidOnce({ rooms, executions }: World, oracle: Oracle): void {
  for (const { id } of executions.all) {
    const paid = rooms.queries.filter(({ by }) => by === id);
    if (paid.length > 1) {
      oracle.bad('PAID_TWICE', `${short(id)}: ${paid.map((query) => `${query.id} ${query.makes} ${query.status}`).join(', ')}`);
    }
  }
  const events = new Map<string, string[]>();
  for (const { input, id, key } of executions.all) {
    if (input.event !== undefined) {
      const event = `${input.event} of ${key.intermediateTableIdentifier}`;
      const paid = rooms.queries.filter(({ by }) => by === id).map((query) => query.id);
      events.set(event, [...events.get(event) ?? [], ...paid]);
    }
  }
  events.forEach((paid, event) => paid.length > 1 && oracle.bad('PAID_TWICE', `${event}: ${paid.join(', ')}`));
}

function everythingEnds({ executions, cloudFormation, life, time }: World, oracle: Oracle): void {
  for (const { id, startedAt, endedAt, key } of executions.all) {
    const last = cloudFormation.sent.filter(({ population }) => population.table === key.intermediateTableIdentifier).pop();
    const allowed = (last?.population.timeoutSeconds ?? 3_300) + 900;
    if ((endedAt ?? time.now) - startedAt > allowed) {
      oracle.bad(endedAt === undefined ? 'HANGS' : 'LATE_END', `${short(id)} since ${startedAt.toFixed(0)}`);
    }
  }
  for (const { type, answeredAt, at, number } of cloudFormation.sent) {
    if (type === 'Delete' && (answeredAt ?? time.now) - at > 900 && !life.faults.some(({ kind }) => kind === 'OUTAGE')) {
      oracle.bad('DELETE_BLOCKS', `${number}: ${((answeredAt ?? time.now) - at).toFixed(0)} s`);
    }
  }
}

/** A lease, a query that is being cancelled, and a wait between two looks. */
const GIVES_WAY_SECONDS = 400;

/** Promise 1: a deploy of other data ends the run of the one before. */
function overtakenRunsEnd({ executions, cloudFormation, life, time }: World, oracle: Oracle): void {
  const isDisturbed = life.faults.some(({ kind }) => ['OUTAGE', 'ZOMBIE', 'NOT_INVOKED'].includes(kind));
  for (const { at, logicalId, population, number, execution } of cloudFormation.sent) {
    const overtaking = cloudFormation.sent.find((other) => other.at > at && other.type !== 'Delete' && other.logicalId === logicalId
      && other.population.table === population.table && other.population.definition !== population.definition);
    const run = executions.find(execution);
    // One that has succeeded can go live for a quarter of an hour, and cannot be cancelled any more.
    const endedAt = run?.ended?.failure?.error === 'VersionNotLive' ? undefined : run && (run.endedAt ?? time.now);
    if (endedAt !== undefined && overtaking && endedAt - overtaking.at > GIVES_WAY_SECONDS && !isDisturbed) {
      oracle.bad('GOES_ON', `${number} is overtaken by ${overtaking.number} at ${overtaking.at.toFixed(0)}, and its run goes on until ${endedAt.toFixed(0)}`);
    }
  }
}

/** Promise 5: a rollback goes through; and without anything that could excuse it, a deploy does. */
function stacksSucceed({ cloudFormation, life: { conditions, faults } }: World, oracle: Oracle): void {
  const isScarce = conditions.querySeconds > 600 || Object.keys(conditions.slow ?? {}).length > 0;
  for (const { during, changes } of oracle.stackFailures) {
    const reasons = changes.map(({ logicalId }) => cloudFormation.sent.filter((sent) => sent.logicalId === logicalId && sent.answer?.isSuccess === false).pop()?.answer?.reason ?? '');
    const isOutage = faults.some((fault) => fault.kind === 'OUTAGE' && fault.seconds > 300);
    if (!oracle.isExcused() && !isScarce && !isOutage) {
      oracle.bad(during === 'ROLLBACK' ? 'ROLLBACK_FAILED' : 'DEPLOY_FAILED', reasons.filter(Boolean).map((reason) => reason.slice(0, 160)).join('; '));
    }
  }
}

function runsSucceed({ executions, rooms, life }: World, oracle: Oracle): void {
  const { conditions, faults } = life;
  for (const execution of executions.all.filter(({ input }) => !input.deployment)) {
    const { id, ended, startedAt, key, input } = execution;
    const made = rooms.queries.filter(({ table, liveAt, at }) =>
      table === key.intermediateTableIdentifier && liveAt !== undefined && at >= startedAt - 1);
    const isTwice = executions.all.some((other) => other !== execution && other.input.event !== undefined && other.input.event === input.event);
    const said = oracle.template.get(key.intermediateTableIdentifier);
    const isUnknown = input.schedule !== undefined && life.events.some((event) => event.type === 'DEPLOY'
      && Object.values(event.populations).some(({ table, schedules }) =>
        table === key.intermediateTableIdentifier && schedules?.[input.schedule!] === undefined));
    if (ended?.output?.status === 'UNCHANGED' && !input.afterUpstream && !made.length && !isTwice && said?.population && !isUnknown) {
      oracle.bad('UNREFRESHED', `${short(id)} ends as UNCHANGED, and nothing was made since it began`);
    }
    const isScarce = conditions.querySeconds > 600 || Object.keys(conditions.slow ?? {}).length > 0;
    if (ended?.failure && !faults.length && !isScarce && !oracle.isExcused() && !/Superseded|Released|NotDeployed/.test(ended.failure.error)) {
      oracle.bad('RUN_FAILS', `${short(id)} ${ended.failure.error}: ${ended.failure.cause.slice(0, 160)}`);
    }
  }
}

/** Where CloudFormation is done, the data and the record are the template's. */
function dataFollowsTheTemplate({ rooms, store, stack, cloudFormation }: World, oracle: Oracle): void {
  if (stack.isBusy || oracle.stackFailures.some(({ during }) => during === 'ROLLBACK')) {
    return;
  }
  for (const [table, { population, isPending }] of oracle.template) {
    if (!population || isPending || oracle.isExcused()) {
      continue;
    }
    const live = rooms.live.get(table);
    if (live && baseOf(live) !== population.definition && population.mode === 'ON_CHANGE' && population.cancelOnTimeout !== false) {
      // After the Delete of a new name in a rollback the next run makes it.
      const isOfRename = cloudFormation.sent.filter((sent) => sent.population.table === table).pop()?.type === 'Delete';
      oracle.bad(isOfRename ? 'DATA_NOT_TEMPLATE_AFTER_RENAME' : 'DATA_NOT_TEMPLATE', `${table}: live is ${live.makes}, the template says ${population.definition}`);
    }
    const document = store.document(tableKey({ membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: table }));
    const desired = document && desiredOf(toTableRecord(document));
    const recorded = desired?.definition.parameters?.definition?.replace('secret-', '');
    if (recorded !== population.definition) {
      oracle.bad(desired ? 'RECORD_NOT_TEMPLATE' : 'RELEASED_ALIVE', `${table}: the record says ${recorded}, the template ${population.definition}`);
    }
  }
}

/** Nobody pays, or waits, for what nobody asked for. */
function nothingForNothing({ cloudFormation, rooms, life }: World, oracle: Oracle): void {
  for (const sent of cloudFormation.sent) {
    const { population: { table, definition, mode }, at, type, execution, number, answer, answeredAt } = sent;
    const versions = oracle.lived.get(table) ?? [];
    const before = versions.filter((version) => version.at <= at).pop()?.query;
    const previous = cloudFormation.sent.filter((other) => other.population.table === table && other.at < at && other.type !== 'Delete').pop();
    const paid = rooms.queries.find(({ by }) => by === execution);
    const isAsked = oracle.hasStrangers() || previous?.population.definition !== definition || mode !== 'ON_CHANGE'
      || versions.some((version) => version.at > at - 60 && version.query !== paid);
    if (type !== 'Delete' && paid && before && baseOf(before) === definition && !isAsked && !sent.population.upstream) {
      oracle.bad('PAYS_UNASKED', `${number} asks for ${definition}, ${before.makes} was live, pays ${paid.id}`);
    }
    const isSlow = answer?.data.status === 'UNCHANGED' && answeredAt! - at > 400 && before?.versionId === answer.data.versionId;
    if (isSlow && !life.faults.length && !sent.population.upstream) {
      oracle.bad('WAITS_FOR_NOTHING', `${number} ${(answeredAt! - at).toFixed(0)} s`);
    }
  }
}
