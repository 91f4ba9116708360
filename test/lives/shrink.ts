import { QUIET, type Conditions, type Life, type LifeEvent } from './life';
import { World } from './world';

/** Takes away from a life whatever it does not need to break the same promise. */
export async function shrink(life: Life, kind: string): Promise<Life> {
  let smallest = life;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const smaller of smallerThan(smallest)) {
      if (await breaks(smaller, kind)) {
        smallest = smaller;
        isSmaller = true;
        break;
      }
    }
  }
  return smallest;
}

async function breaks(life: Life, kind: string): Promise<boolean> {
  try {
    return (await World.play(life)).oracle.violations.some((violation) => violation.kind === kind);
  } catch (error) {
    return (error as Error).message.startsWith(kind);
  }
}

function* smallerThan(life: Life): Generator<Life> {
  const { events, faults, deliveries, conditions } = life;
  for (let index = events.length - 1; index >= 0; index--) {
    yield { ...life, events: without(events, index) };
  }
  for (let index = faults.length - 1; index >= 0; index--) {
    yield { ...life, faults: without(faults, index) };
  }
  for (const number of Object.keys(deliveries)) {
    yield { ...life, deliveries: Object.fromEntries(Object.entries(deliveries).filter(([each]) => each !== number)) };
  }
  for (const name of Object.keys(conditions) as (keyof Conditions)[]) {
    if (JSON.stringify(conditions[name]) !== JSON.stringify(QUIET[name]) && (name !== 'querySeconds' || conditions.querySeconds > 60)) {
      yield { ...life, conditions: { ...conditions, [name]: QUIET[name] } };
    }
  }
  for (const [index, event] of events.entries()) {
    for (const simpler of simplerThan(event)) {
      yield { ...life, events: events.map((each, other) => (other === index ? simpler : each)) };
    }
  }
}

function* simplerThan(event: LifeEvent): Generator<LifeEvent> {
  if (event.type === 'RUN' && event.input) {
    yield { ...event, input: undefined };
  }
  if (event.type !== 'DEPLOY') {
    return;
  }
  if ((event.gap ?? 1) > 1) {
    yield { ...event, gap: 1 };
  }
  if (event.failsAfter !== undefined) {
    yield { ...event, failsAfter: undefined, gap: undefined };
  }
}

const without = <T>(list: readonly T[], index: number): readonly T[] => list.filter((_, other) => other !== index);
