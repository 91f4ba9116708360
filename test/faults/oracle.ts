import { attribute, executionOf } from './attribution';
import type { Played } from './play';
import { isCalm, type Template } from './schedule';
import { segmentOf } from './stack';
import type { Population } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { MARKER, sensitiveLines } from '../e2e/support';

/** What went against a promise. All zero, or the library is wrong. */
export interface Verdict {
  readonly populatesBeyondOne: number;
  readonly unanswered: number;
  readonly notLive: number;
  readonly overSize: number;
  readonly sensitive: number;
  readonly blockedDeletes: number;
  readonly wrongData: number;
  readonly wentLive: number;
  readonly othersData: number;
  readonly forNothing: number;
  readonly broken: number;
  /** What each of them is about. */
  readonly details: readonly string[];
}

/** Judges by what AWS saw alone: it knows nothing of the library's code. */
export function judge(played: Played): Verdict {
  const { cloud, reasons, broken } = played;
  const found = {
    populatesBeyondOne: populatesBeyondOne(played),
    unanswered: reasons.filter(({ reason }) => /did not receive a response|WaitCondition timed out/.test(reason)).map(describe),
    notLive: notLive(cloud),
    overSize: cloud.responses().filter(({ bytes }) => bytes > 4096).map(({ bytes, logicalId }) => `${bytes} bytes for ${logicalId}`),
    sensitive: [...sensitiveLines(cloud), ...reasons.map(({ reason }) => reason).filter((reason) => reason.includes(MARKER))],
    blockedDeletes: reasons.filter(({ logicalId, status }) => status === 'DELETE_FAILED' && logicalId.startsWith('Audience')).map(describe),
    wrongData: wrongData(played),
    wentLive: [...wentLive(played), ...wentLiveAfterRun(played)],
    othersData: othersData(cloud),
    forNothing: failedForNothing(played),
    broken: broken ? [String(broken.stack)] : [],
  };
  const counts = Object.fromEntries(Object.entries(found).map(([name, cases]) => [name, cases.length])) as unknown as Omit<Verdict, 'details'>;
  return { ...counts, details: Object.entries(found).flatMap(([name, cases]) => cases.map((one) => `${name}: ${one}`)) };
}

export const isFlawless = ({ details }: Verdict): boolean => details.length === 0;

const describe = ({ logicalId, status, reason }: { logicalId: string; status: string; reason: string }) => `${logicalId} ${status} ${reason}`;

function populatesBeyondOne(played: Played): string[] {
  const { asked, unasked } = attribute(played);
  return [
    ...asked.flatMap(({ cause, versions }) => versions.slice(1).map((version) => `${cause} made ${versions.length} populates, also ${version}`)),
    ...unasked.map((version) => `nobody asked for ${version}`),
  ];
}

/** A report may take a while on its way, in which another version goes live: a function that hangs with it does so for twelve minutes. */
const REPORTED_WITHIN = 1_200_000;

/** Every success that anybody was told of with a version that was not the live one. */
function notLive(cloud: Cloud): string[] {
  const answers = cloud.responses().flatMap(({ time, body, kind }) => {
    const { Status, Data } = JSON.parse(body) as { Status: string; Data?: string | { versionId?: string } };
    // A signal's data is text.
    const { versionId } = (typeof Data === 'string' && Data ? JSON.parse(Data) : Data || {}) as { versionId?: string };
    return Status === 'SUCCESS' && versionId ? [{ who: `the answer to a ${kind}`, time, versionId }] : [];
  });
  const outputs = cloud.executions().flatMap(({ status, output, stopDate, name }) => {
    const versionId = status === 'SUCCEEDED' && output ? (JSON.parse(output) as { versionId?: string }).versionId : undefined;
    return versionId ? [{ who: `execution ${name}`, time: stopDate!, versionId }] : [];
  });
  const populations = cloud.cleanRooms.populations();
  return [...answers, ...outputs]
    .filter(({ versionId, time }) => !wasLive(populations, versionId, time))
    .map(({ who, versionId, time }) => `${who} told of ${versionId} at ${new Date(time).toISOString()}`);
}

function wasLive(populations: readonly Population[], versionId: string, time: number): boolean {
  const told = populations.find((population) => population.versionId === versionId);
  if (!told || liveFrom(told) > time) {
    return false;
  }
  const later = populations.filter((other) => other.table === told.table && liveFrom(other) > liveFrom(told) && liveFrom(other) <= time);
  return later.every((other) => liveFrom(other) > time - REPORTED_WITHIN);
}

/** When a version became the live one. */
function liveFrom({ outcome, endsAt, plan: { liveAfterSeconds = 0 } }: Population): number {
  return outcome === 'SUCCESS' && liveAfterSeconds !== 'never' ? endsAt + liveAfterSeconds * 1000 : Infinity;
}

/** Which template the stack has after each deploy, and whether that one asked for other data than the one before. */
function outcomes({ deploys }: Played): { template: Template; deployed?: Template; changed: boolean; from: number; result: DeployResult }[] {
  let deployed: Template | undefined;
  return deploys.map(({ template, from, result }) => {
    const before = deployed?.letter;
    const { status } = result;
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
      deployed = template;
    } else if (/^(ROLLBACK|DELETE)/.test(status)) {
      deployed = undefined;
    }
    return { template, deployed, changed: before !== template.letter, from, result };
  });
}

const isOf = (version: Population | undefined, template: Template): boolean => version?.parameters.segment === segmentOf(template);

/** A mode may leave what is live as it is. */
const leaves = ({ kind }: Template): boolean => kind === 'never' || kind === 'if unpopulated';

/** A deploy that succeeded has the data of its own parameters live, one that was rolled back those of the one before; one that changed neither keeps what is there. */
function wrongData(played: Played): string[] {
  const populations = played.cloud.cleanRooms.populations();
  return outcomes(played).flatMap(({ template, deployed, changed, from, result: { status, outputs } }) => {
    if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status) || !changed || !deployed || leaves(deployed)) {
      return [];
    }
    const version = Object.entries(outputs).filter(([name]) => name.startsWith('AudienceVersionId')).map(([, id]) => populations.find(({ versionId }) => versionId === id)).find(Boolean);
    // What a schedule made of the same definition is what the deploy asks for, where a mode has left it live.
    const isOwn = isOf(version, deployed) && (status === 'UPDATE_ROLLBACK_COMPLETE' || version!.parameters.region === undefined || version!.acceptedAt < from);
    return isOwn ? [] : [`a deploy of "${template.letter}" ended as ${status} with ${JSON.stringify(version?.parameters ?? 'no version')}`];
  });
}

/** Said where a query could not be stopped, or was to be left running: promise 3. */
const SAID = /may (still )?go live|may still be running|may be running|left running/;

/** An hour after a step, what is live is of the template that the stack has, or a person's. */
function wentLive(played: Played): string[] {
  const { cloud, lives, reasons } = played;
  const known = outcomes(played);
  const isSaid = reasons.some(({ reason }) => SAID.test(reason)) || cloud.executions().some(({ cause, error }) => SAID.test(`${error} ${cause}`));
  return lives.flatMap(({ deploys, versionId }) => {
    const { deployed, result } = known[deploys - 1] ?? {};
    const version = versionId === undefined ? undefined : cloud.cleanRooms.populations().find((each) => each.versionId === versionId);
    const isAPersons = version && !cloud.cleanRooms.journal.acceptedPopulates().some((each) => each.versionId === versionId);
    return !version || !deployed || leaves(deployed) || isAPersons || isOf(version, deployed) || isSaid || /FAILED/.test(result!.status)
      ? []
      : [`after deploy ${deploys} the stack has "${deployed.letter}", and ${JSON.stringify(version.parameters)} is live`];
  });
}

/** What a run has begun, and has said of that it failed, does not go live after the run's end. */
function wentLiveAfterRun({ cloud }: Played): string[] {
  const known = cloud.executions();
  const populations = cloud.cleanRooms.populations();
  return cloud.cleanRooms.journal.acceptedPopulates().flatMap((populate) => {
    const run = executionOf(cloud, populate);
    const population = populations.find(({ versionId }) => versionId === populate.versionId)!;
    const isSaid = run && (SAID.test(`${run.error} ${run.cause}`) || run.status === 'ABORTED');
    const isTold = known.some(({ output }) => output?.includes(populate.versionId));
    return run?.status === 'SUCCEEDED' || run?.stopDate === undefined || isSaid || isTold || liveFrom(population) === Infinity || liveFrom(population) <= run.stopDate
      ? []
      : [`${run.name} ended as ${run.status} ${run.error} at ${new Date(run.stopDate).toISOString()}: ${run.cause}; its ${populate.versionId} went live later`];
  });
}

/** A run that says that it has populated has the data of its own parameters. */
function othersData(cloud: Cloud): string[] {
  const { queryParametersVisible, activeVersionParameters } = cloud.cleanRooms.behaviours;
  // Where nothing shows parameters, a stranger's populate of the moments in which ours is in doubt cannot be told from it.
  if (queryParametersVisible === 'none' && activeVersionParameters === 'none') {
    return [];
  }
  const populations = cloud.cleanRooms.populations();
  return cloud.executions().flatMap(({ output, input, name }) => {
    const { versionId, status } = JSON.parse(output ?? '{}') as { versionId?: string; status?: string };
    const { schedule } = JSON.parse(input) as { schedule?: string };
    const version = populations.find((each) => each.versionId === versionId);
    const isOwn = !version || (version.parameters.segment?.startsWith(`${MARKER} `) && (version.parameters.region !== undefined) === (schedule === 'Europe'));
    return status === 'POPULATED' && !isOwn ? [`execution ${name} took ${JSON.stringify(version.parameters)} for its own`] : [];
  });
}

/** Where nothing goes wrong, and nothing runs yet, all that is asked for is done. */
function failedForNothing({ cloud, taken, deploys, schedule: { settings: { shape } } }: Played): string[] {
  return taken.filter(({ step, isQuiet }) => isQuiet && isCalm(step, shape)).flatMap(({ from, to }) => [
    ...cloud.executions().filter(({ startDate, status }) => from <= startDate && startDate <= to && status !== 'SUCCEEDED')
      .map(({ name, status, error, cause }) => `execution ${name} ended as ${status} ${error}: ${cause}`),
    // A deploy without changes leaves the stack as it was.
    ...deploys.filter(({ at, result }) => from <= at && at <= to && result.failures.length > 0)
      .map(({ result }) => `a deploy ended as ${result.status}: ${JSON.stringify(result.failures)}`),
  ]);
}
