import type { Action, End, Finish, Ids } from './actions';
import { isDeploying, type Situation } from './run';
import { FIRST_LOOK_SECONDS, poll, POLL_SECONDS, retry, wait, waitForAdmission, waitForOthersQuery } from './waiting';
import { tableId } from '../../contract/definition';
import { INTENT_MAX_AGE_SECONDS, LEASE_SECONDS } from '../../contract/time';
import type { Ended, Failure } from '../../contract/workflow';
import type { Ports } from '../invocation';
import {
  changeAdmission, closeAdmission, isAdmitted, nextRefusedSeconds, openAdmission, releaseAdmission, requestAdmission,
} from '../record/admission';
import { addToBilling } from '../record/billing';
import { tableKey } from '../record/items';
import { changePointer, changeTableRecord, claimEvent, type Changing } from '../record/store';
import {
  addToHistory, endRequest, releaseLease, requestOf, type AnalysisType, type PopulateAttempt, type TableRecord,
} from '../record/table-record';
import { describe, kindOf, type Result, type ServiceError } from '../service-error';
import { sentence } from '../text';

/** What an action has come to, for the loop: what it goes on with, or a further action. */
export interface Performed {
  readonly hasLease?: boolean;
  readonly admittedTo?: Situation['admittedTo'];
  readonly hints?: Situation['hints'];
  readonly then?: Action;
  /** The service has refused the populate for good. */
  readonly refusal?: Failure;
  /** The run is over. */
  readonly isOver?: boolean;
}

type Performable = Exclude<Action, { type: 'OBSERVE' | 'WAIT' | 'REPORT' | 'KEEP_VERSION' }>;

/** Carries out a decision: one request, and the writes around it. What was not written is found so by the next decision. */
export async function perform(action: Performable, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record, now } = situation;
  const write = (changed: TableRecord) => ports.store.write(tableKey(run.table), changed, version);
  const recordAttempt = async (attempt?: PopulateAttempt) => goOn(situation, await write({ ...record, attempt }));
  switch (action.type) {
    case 'CLAIM_EVENT': return claim(situation, ports);
    case 'ACQUIRE_LEASE': {
      const written = await write({ ...record, lease: { holder: run.execution, untilAt: now + LEASE_SECONDS * 1_000 } });
      return written.ok ? { hasLease: written.value } : unrecorded(situation, written.error);
    }
    case 'RELEASE_LEASE': {
      await write(releaseLease(record, run.execution));
      return { then: wait(situation, 3, 'another run of this population goes first') };
    }
    case 'REQUEST_ADMISSION': return admit(action.kind, situation, ports);
    case 'POPULATE': return populate(action, situation, version, ports);
    case 'RECORD_STARTED': return recordAttempt(started(record.attempt!, action.ids));
    case 'CLEAR_ATTEMPT': return recordAttempt(undefined);
    case 'RECORD_CANCELLATION': return recordAttempt({ ...record.attempt!, cancellation: action.cancellation });
    case 'CANCEL': {
      const { analysisType, analysisId } = action.attempt;
      const cancelled = await ports.cleanRooms.cancel(run.table, analysisType, analysisId!);
      const cancelling = cancelled.ok ? 'Its cancellation was asked for.'
        : `Cancelling it was refused: ${sentence(describe(cancelled.error))}`;
      return { then: poll(situation, POLL_SECONDS, undefined, { cancelling }) };
    }
    case 'FINISH': return finish(action, situation, version, ports);
    case 'RECORD_RELEASED': return release(situation, version, ports);
    case 'END': return endRun(action, situation, version, ports);
  }
}

/** What was not written may have been: the next decision sees. */
const goOn = (situation: Situation, written: Result<boolean>): Performed => (written.ok ? {} : unrecorded(situation, written.error));

const unrecorded = (situation: Situation, error: ServiceError): Performed =>
  ({ then: retry(situation, 'The record', error, () => wait(situation, 10)) });

async function claim({ run, now, hints }: Situation, { store }: Ports): Promise<Performed> {
  const owner = await claimEvent(store, `${run.input.event} ${tableId(run.table)}`, run.execution, now);
  return owner === undefined ? { then: { type: 'WAIT', seconds: 5, polls: false, hints: {} } }
    : { hints: { ...hints, eventTaken: owner === run.execution } };
}

async function admit(kind: AnalysisType, situation: Situation, ports: Ports): Promise<Performed> {
  const { run, now, hints } = situation;
  await leaveAdmission(situation, ports);
  const changed = await changeAdmission(ports.store, kind, (known) => requestAdmission(known, run.execution, now, hints), pausing(ports));
  return changed.ok && isAdmitted(changed.value ?? {}, run.execution, now) ? { admittedTo: kind }
    : { admittedTo: undefined, then: waitForAdmission(situation, isDeploying(situation), 'others of the stack go first') };
}

/** Gives the admission back, if the run has it. It would run out by itself. */
export async function leaveAdmission({ run, admittedTo }: Situation, ports: Ports): Promise<void> {
  if (admittedTo) {
    await changeAdmission(ports.store, admittedTo, (known) => releaseAdmission(known, run.execution), pausing(ports));
  }
}

const pausing = ({ clock }: Ports): Changing => ({ pause: (millis) => clock.pause(millis / 1_000) });

async function populate(action: Action & { type: 'POPULATE' }, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { attempt, populate: request } = action;
  const { run, record } = situation;
  const written = await ports.store.write(tableKey(run.table), { ...record, attempt }, version);
  if (!written.ok || !written.value) {
    return goOn(situation, written);
  }
  if (ports.clock.now() - attempt.intendedAt > INTENT_MAX_AGE_SECONDS * 1_000) {
    await amend(attempt, situation, undefined, ports);
    return { then: wait(situation, POLL_SECONDS, 'the record was slower than an intent may wait') };
  }
  const answer = await ports.cleanRooms.populate(request, attempt.analysisType);
  if (answer.ok) {
    const { analysisId, versionId } = answer.value;
    await amend(attempt, situation, { analysisId, versionId }, ports);
    return { then: poll(situation, FIRST_LOOK_SECONDS, 'the query has just been accepted') };
  }
  if (answer.error.outcomeUnknown) {
    return {};
  }
  await amend(attempt, situation, undefined, ports);
  return afterRefusal(situation, answer.error, ports);
}

const started = (attempt: PopulateAttempt, ids: Ids): PopulateAttempt => ({ ...attempt, ...ids, state: 'STARTED' });

/** Whoever knows how an intent came out writes it, whoever holds the lease by now, as long as it is the same intent. */
async function amend({ token }: PopulateAttempt, { run }: Situation, ids: Ids | undefined, ports: Ports) {
  await changeTableRecord(ports.store, run.table, (record) => {
    const { attempt } = record;
    return attempt?.token === token && attempt.state === 'INTENDED' ? { ...record, attempt: ids && started(attempt, ids) } : record;
  }, pausing(ports));
}

async function afterRefusal(situation: Situation, error: ServiceError, ports: Ports): Promise<Performed> {
  const { run, hints, now, chance, admittedTo } = situation;
  const answered = `PopulateIntermediateTable answered ${describe(error)}`;
  switch (kindOf(error)) {
    case 'QUOTA': {
      await changeAdmission(ports.store, admittedTo!, (known) => closeAdmission(known, run.execution, now), pausing(ports));
      const helps = /vcpu/i.test(error.quotaName ?? '') ? 'fewer workers, another hour or a higher quota help' : 'another hour or a higher quota helps';
      const refusal = { refusedAt: now, refusedSeconds: nextRefusedSeconds(hints) };
      return { admittedTo: undefined, then: poll(situation, 2 + 3 * chance, `${answered}; ${helps}`, refusal) };
    }
    case 'CONFLICT':
      return { then: waitForOthersQuery(situation, answered) };
    default: {
      const action = retry(situation, 'PopulateIntermediateTable', error);
      return action.type === 'END' ? { refusal: action.ended.failure } : { then: action };
    }
  }
}

async function finish(action: Finish, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { attempt: { execution, analysisType }, outcome, finished, queryDefaults } = action;
  const { record, now, hints } = situation;
  const known = addToHistory({ ...record, attempt: undefined, lease: undefined, ...(queryDefaults ? { queryDefaults } : {}) }, finished);
  const changed = endRequest(addToBilling(known, finished, now), execution, outcome.output !== undefined);
  const written = await recordEnd(execution, outcome, changed, situation, version, ports);
  if (!written.ok) {
    return unrecorded(situation, written.error);
  }
  if (written.value) {
    await changeAdmission(ports.store, analysisType, (admission) => openAdmission(admission, now), pausing(ports));
  }
  return { hasLease: false, hints: { ...hints, succeededAt: undefined, cancelling: undefined } };
}

/** The outcome, the pointer and the table's item, in this order: what is broken off between is done again. */
async function recordEnd(
  execution: string, ended: Ended, changed: TableRecord, situation: Situation, version: number, ports: Ports,
): Promise<Result<boolean>> {
  const recorded = await ports.store.recordOutcome(execution, ended, situation.now);
  const pointed = recorded.ok ? await point(execution, ended.output !== undefined, situation, ports) : recorded;
  return pointed.ok ? ports.store.write(tableKey(situation.run.table), changed, version) : pointed;
}

/** Before CloudFormation hears of it. */
async function point(execution: string, succeeded: boolean, { run, record }: Situation, ports: Ports): Promise<Result<unknown>> {
  const request = requestOf(record, execution);
  return succeeded && request && !request.ended ? changePointer(ports.store, run.table, request, pausing(ports))
    : { ok: true, value: undefined };
}

async function release(situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record } = situation;
  const pointed = await point(run.execution, true, situation, ports);
  const released = endRequest(releaseLease(record, run.execution), run.execution, true);
  const written = pointed.ok ? await ports.store.write(tableKey(run.table), released, version) : pointed;
  return written.ok ? { hasLease: false } : unrecorded(situation, written.error);
}

/** Records the end, where anybody else is to know of it. */
async function endRun({ ended, assumedLineage }: End, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record } = situation;
  const known = endRequest(releaseLease(record, run.execution), run.execution, ended.output !== undefined);
  const changed = assumedLineage ? withLineage(known, assumedLineage) : known;
  if (changed === record) {
    return { isOver: true };
  }
  const written = requestOf(record, run.execution) ? await recordEnd(run.execution, ended, changed, situation, version, ports)
    : await ports.store.write(tableKey(run.table), changed, version);
  return written.ok ? { isOver: written.value } : unrecorded(situation, written.error);
}

const withLineage = (record: TableRecord, { versionId, upstream }: NonNullable<End['assumedLineage']>): TableRecord =>
  ({ ...record, history: record.history.map((each) => (each.versionId === versionId ? { ...each, upstream } : each)) });
