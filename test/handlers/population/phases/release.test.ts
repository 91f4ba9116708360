import { release } from '../../../../src/handlers/population/phases/release';
import { stateIn, step } from '../../support';

const RELEASE = stateIn('RELEASE', { deployment: { action: 'RELEASE' } });

test('waits for the runs that are to cancel what they started', async () => {
  expect(await step((outside) => release(RELEASE, outside), {}, { seconds: 299, siblings: { others: true } })).toMatchObject({ phase: 'RELEASE', next: 'WAIT', wait: 5 });
});

test('ends when there are none, having asked nothing of Clean Rooms: data stays', async () => {
  expect(await step((outside) => release(RELEASE, outside), {}, { siblings: { others: false } })).toMatchObject({ phase: 'END', next: 'REPORT', output: { versionId: '' } });
});

test('ends after five minutes at the latest: a delete never hangs', async () => {
  const next = await step((outside) => release(RELEASE, outside), {}, { seconds: 300, siblings: { others: true } });
  expect(next).toMatchObject({ phase: 'END', next: 'REPORT', output: { versionId: '' } });
  expect(next.failure).toBeUndefined();
});
