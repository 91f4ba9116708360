import { attribute } from './attribution';
import type { Played } from './play';
import type { Population } from '../../simulator/clean-rooms';
import type { Cloud } from '../../simulator/cloud';
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

/** A report may take a while on its way, in which another version goes live. */
const REPORTED_WITHIN = 600_000;

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

/** A deploy that succeeded has the data of its own parameters live, one that was rolled back those of the one before, unless a person came in between. */
function wrongData({ cloud, deploys }: Played): string[] {
  const populations = cloud.cleanRooms.populations();
  if (populations.some(({ parameters }) => parameters.segment === 'by hand')) {
    return [];
  }
  let deployed: string | undefined;
  return deploys.flatMap(({ template, result: { status, outputs } }) => {
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
      deployed = template;
    } else if (status !== 'UPDATE_ROLLBACK_COMPLETE') {
      return [];
    }
    const version = Object.values(outputs).map((id) => populations.find(({ versionId }) => versionId === id)).find(Boolean);
    return version?.parameters.segment === `${MARKER} ${deployed}`
      ? []
      : [`a deploy of "${template}" ended as ${status} with ${version?.parameters.segment ?? 'no version'}`];
  });
}
