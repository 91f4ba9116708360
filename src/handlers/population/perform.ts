import type { Action, End, Finish, Ids } from './actions';
import type { Ports } from './ports';
import { isDeploying, type Situation } from './run';
import { FIRST_LOOK_SECONDS, poll, POLL_SECONDS, retry, wait, waitForAdmission, waitForOthersQuery } from './waiting';
import { tableId } from '../../contract/definition';
import { INTENT_MAX_AGE_SECONDS, LEASE_SECONDS } from '../../contract/time';
import type { Failure } from '../../contract/workflow';
import { closeAdmission, isAdmitted, nextRefusedSeconds, openAdmission, releaseAdmission, requestAdmission, admissionKey, type Admission } from '../record/admission';
import { eventKey, pointerKey, tableKey, type Pointer } from '../record/items';
import { changeDocument } from '../record/store';
import { addToHistory, endRequest, releaseLease, requestOf, type PopulateAttempt, type TableRecord } from '../record/table-record';
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

const GO_ON: Performed = {};

/** Carries out a decision: one request, and the writes around it. What was not written is found so by the next decision. */
export async function perform(action: Performable, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record, now } = situation;
  const write = (changed: TableRecord) => ports.store.write(tableKey(run.table), changed, version);
  switch (action.type) {
    case 'CLAIM_EVENT': return claimEvent(situation, ports);
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
    case 'RECORD_STARTED': return goOn(situation, await write({ ...record, attempt: started(record.attempt!, action.ids) }));
    case 'CLEAR_ATTEMPT': return goOn(situation, await write({ ...record, attempt: undefined }));
    case 'RECORD_CANCELLATION': return goOn(situation, await write({ ...record, attempt: { ...record.attempt!, cancellation: action.cancellation } }));
    case 'CANCEL': {
      const { analysisType, analysisId } = action.attempt;
      const cancelled = await ports.cleanRooms.cancel(run.table, analysisType, analysisId!);
      const cancelling = cancelled.ok ? 'Its cancellation was asked for.' : `Cancelling it was refused: ${sentence(describe(cancelled.error))}`;
      return { then: poll(situation, POLL_SECONDS, undefined, { cancelling }) };
    }
    case 'FINISH': return finish(action, situation, version, ports);
    case 'RECORD_RELEASED': return release(situation, version, ports);
    case 'END': return endRun(action, situation, version, ports);
  }
}

/** What was not written may have been: the next decision sees. */
const goOn = (situation: Situation, written: Result<boolean>): Performed => (written.ok ? GO_ON : unrecorded(situation, written.error));

const unrecorded = (situation: Situation, error: ServiceError): Performed => ({ then: retry(situation, 'The record', error, () => wait(situation, 10)) });

async function claimEvent({ run, now, hints }: Situation, { store }: Ports): Promise<Performed> {
  const key = eventKey(`${run.input.event} ${tableId(run.table)}`);
  await store.write(key, { execution: run.execution }, 0, now + EVENT_DAYS * 86_400_000);
  const read = await store.read<{ execution: string }>(key);
  const owner = read.ok ? read.value.document?.execution : undefined;
  return owner === undefined ? { then: { type: 'WAIT', seconds: 5, polls: false, hints: {} } } : { hints: { ...hints, eventTaken: owner === run.execution } };
}

/** EventBridge delivers an event within a day. */
const EVENT_DAYS = 2;

async function admit(kind: 'QUERY' | 'JOB', situation: Situation, ports: Ports): Promise<Performed> {
  const { run, now, hints, admittedTo } = situation;
  if (admittedTo) {
    await leaveAdmission(situation, ports);
  }
  const changed = await changeAdmission(kind, (known) => requestAdmission(known, run.execution, now, hints), ports);
  return changed.ok && isAdmitted(changed.value ?? {}, run.execution, now) ? { admittedTo: kind }
    : { admittedTo: undefined, then: waitForAdmission(situation, isDeploying(situation), 'others of the stack go first') };
}

const changeAdmission = (kind: 'QUERY' | 'JOB', change: (admission: Admission) => Admission, { store, clock }: Ports) =>
  changeDocument<Admission>(store, admissionKey(kind), (known) => {
    const changed = change(known ?? NOBODYS);
    return changed === NOBODYS ? undefined : changed;
  }, { pause: (millis) => clock.pause(millis / 1_000) });

const NOBODYS: Admission = {};

/** Gives the admission back, if the run has it. It would run out by itself. */
export async function leaveAdmission({ run, admittedTo }: Situation, ports: Ports): Promise<void> {
  if (admittedTo) {
    await changeAdmission(admittedTo, (known) => releaseAdmission(known, run.execution), ports);
  }
}

async function populate({ attempt, populate: request }: Action & { type: 'POPULATE' }, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record } = situation;
  const written = await ports.store.write(tableKey(run.table), { ...record, attempt }, version);
  if (!written.ok || !written.value) {
    return goOn(situation, written);
  }
  if (ports.clock.now() - attempt.intendedAt > INTENT_MAX_AGE_SECONDS * 1_000) {
    await amend(attempt, situation, () => undefined, ports);
    return { then: wait(situation, POLL_SECONDS, 'the record was slower than an intent may wait') };
  }
  const answer = await ports.cleanRooms.populate(request, attempt.analysisType);
  if (answer.ok) {
    const { analysisId, versionId } = answer.value;
    await amend(attempt, situation, (intended) => started(intended, { analysisId, versionId }), ports);
    await leaveAdmission(situation, ports);
    return { admittedTo: undefined, then: poll(situation, FIRST_LOOK_SECONDS, 'the query has just been accepted') };
  }
  if (answer.error.outcomeUnknown) {
    return GO_ON;
  }
  await amend(attempt, situation, () => undefined, ports);
  return afterRefusal(situation, answer.error, ports);
}

const started = (attempt: PopulateAttempt, ids: Ids): PopulateAttempt => ({ ...attempt, ...ids, state: 'STARTED' });

/** Whoever knows how an intent came out writes it, whoever holds the lease by now, as long as it is the same intent. */
async function amend({ token }: PopulateAttempt, { run }: Situation, change: (attempt: PopulateAttempt) => PopulateAttempt | undefined, { store, clock }: Ports) {
  await changeDocument<TableRecord>(store, tableKey(run.table), (record) => {
    const intended = record?.attempt;
    return intended?.token === token && intended.state === 'INTENDED' ? { ...record!, attempt: change(intended) } : record;
  }, { pause: (millis) => clock.pause(millis / 1_000) });
}

/** Nothing was accepted. */
async function afterRefusal(situation: Situation, error: ServiceError, ports: Ports): Promise<Performed> {
  const { run, hints, now, chance, admittedTo } = situation;
  switch (kindOf(error)) {
    case 'QUOTA': {
      await changeAdmission(admittedTo!, (known) => closeAdmission(known, run.execution, now), ports);
      const helps = /vcpu/i.test(error.quotaName ?? '') ? 'fewer workers, another hour or a higher quota help' : 'another hour or a higher quota helps';
      const refusal = { refusedAt: now, refusedSeconds: nextRefusedSeconds(hints) };
      return { admittedTo: undefined, then: poll(situation, 2 + 3 * chance, `PopulateIntermediateTable answered ${describe(error)}; ${helps}`, refusal) };
    }
    case 'CONFLICT':
      return { then: waitForOthersQuery(situation, `PopulateIntermediateTable answered ${describe(error)}`) };
    default:
    {
      const action = retry(situation, 'PopulateIntermediateTable', error);
      return action.type === 'END' ? { refusal: action.ended.failure } : { then: action };
    }
  }
}

async function finish(action: Finish, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { attempt, outcome, finished, queryDefaults } = action;
  const { run, record, now, hints } = situation;
  const recorded = await ports.store.recordOutcome(attempt.execution, outcome, now);
  if (!recorded.ok) {
    return unrecorded(situation, recorded.error);
  }
  const pointed = await point(attempt.execution, outcome.output !== undefined, situation, ports);
  if (!pointed.ok) {
    return unrecorded(situation, pointed.error);
  }
  const known = addToHistory({ ...record, attempt: undefined, lease: undefined, ...(queryDefaults ? { queryDefaults } : {}) }, finished);
  const written = await ports.store.write(tableKey(run.table), endRequest(known, attempt.execution, outcome.output !== undefined), version);
  if (!written.ok) {
    return unrecorded(situation, written.error);
  }
  if (written.value) {
    await changeAdmission(attempt.analysisType, (admission) => openAdmission(admission, now), ports);
  }
  return { hasLease: false, hints: { ...hints, succeededAt: undefined, cancelling: undefined } };
}

/** Points to the table, for populations of other stacks, before CloudFormation hears of it. */
async function point(execution: string, succeeded: boolean, { run, record }: Situation, { store, clock }: Ports): Promise<Result<unknown>> {
  const request = requestOf(record, execution);
  if (!succeeded || !request || request.ended) {
    return { ok: true, value: undefined };
  }
  const { signedAt, action, logicalId } = request;
  return changeDocument<Pointer>(store, pointerKey(logicalId), (known) => {
    if (action === 'RELEASE') {
      return known?.table && tableId(known.table) === tableId(run.table) ? { signedAt } : known;
    }
    return known && known.signedAt > signedAt ? known : { table: run.table, signedAt };
  }, { pause: (millis) => clock.pause(millis / 1_000) });
}

async function release(situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record } = situation;
  const pointed = await point(run.execution, true, situation, ports);
  if (!pointed.ok) {
    return unrecorded(situation, pointed.error);
  }
  return { ...goOn(situation, await ports.store.write(tableKey(run.table), endRequest(releaseLease(record, run.execution), run.execution, true), version)), hasLease: false };
}

/** Records the end, where anybody else is to know of it. */
async function endRun({ ended, assumedLineage }: End, situation: Situation, version: number, ports: Ports): Promise<Performed> {
  const { run, record, now } = situation;
  const succeeded = ended.output !== undefined;
  const known = endRequest(releaseLease(record, run.execution), run.execution, succeeded);
  const changed = assumedLineage ? withLineage(known, assumedLineage) : known;
  if (changed === record) {
    return { isOver: true };
  }
  if (requestOf(record, run.execution)) {
    const recorded = await ports.store.recordOutcome(run.execution, ended, now);
    const pointed = recorded.ok ? await point(run.execution, succeeded, situation, ports) : recorded;
    if (!pointed.ok) {
      return unrecorded(situation, pointed.error);
    }
  }
  const written = await ports.store.write(tableKey(run.table), changed, version);
  return written.ok ? { isOver: written.value } : unrecorded(situation, written.error);
}

const withLineage = (record: TableRecord, { versionId, upstream }: NonNullable<End['assumedLineage']>): TableRecord =>
  ({ ...record, history: record.history.map((each) => (each.versionId === versionId ? { ...each, upstream } : each)) });

