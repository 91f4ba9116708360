import { Change, Made, ResourceHandler } from '../services';
import { ResourceFailure } from '../stack';

/** Not AWS's: a resource whose failure a test can order. It takes `Seconds` to fail or to succeed. */
async function succeedOrFail({ services, properties, generatedName, logicalId }: Change): Promise<Made> {
  await services.clock.sleep(Number(properties.Seconds ?? 0) * 1000);
  if (String(properties.Fail) === 'true') throw new ResourceFailure(`${logicalId} fails because its property Fail is "true".`);
  return { physicalId: generatedName };
}

export const testHandlers: Record<string, ResourceHandler> = {
  'Test::Resource::Fails': {
    create: succeedOrFail,
    update: async (change, { physicalId }) => ({ ...await succeedOrFail(change), physicalId }),
  },
};
