import { ResourceHandler } from './services';
import { ResourceFailure } from './stack';
import { WaitHandle } from './wait-handle';

export const waitConditionHandle: ResourceHandler = {
  create({ services, stack, logicalId, generatedName }) {
    const handle = new WaitHandle();
    const url = services.inbox.open({ kind: 'wait condition', logicalId }, `${stack.id}/${generatedName}`, (body) => handle.receive(body));
    services.waitHandles.set(url, handle);
    return { physicalId: url };
  },
};

export const waitCondition: ResourceHandler = {
  abandonable: true,
  create({ services, properties, generatedName }) {
    const handle = services.waitHandles.get(String(properties.Handle));
    if (!handle) throw new ResourceFailure(`WaitCondition handle ${String(properties.Handle)} is not a WaitConditionHandle.`);
    const count = Number(properties.Count ?? 1);
    const timeoutSeconds = Number(properties.Timeout);
    if (!(timeoutSeconds >= 1 && timeoutSeconds <= 43_200)) throw new ResourceFailure(`Timeout must be between 1 and 43200 seconds, not ${String(properties.Timeout)}.`);
    return new Promise((resolve, reject) => {
      const timeout = services.clock.setTimer(
        () => reject(new ResourceFailure(`WaitCondition timed out. Received ${handle.signals.size} conditions when expecting ${count}`)), timeoutSeconds * 1000);
      handle.notify = () => {
        const signals = [...handle.signals.values()];
        const failure = signals.find(({ Status }) => Status !== 'SUCCESS');
        if (!failure && signals.length < count) return;
        services.clock.clearTimer(timeout);
        if (failure) reject(new ResourceFailure(`WaitCondition received failed message: '${failure.Reason ?? ''}' for uniqueId: ${failure.UniqueId!}`));
        else resolve({ physicalId: generatedName, attributes: { Data: JSON.stringify(Object.fromEntries(signals.map(({ UniqueId, Data }) => [UniqueId, Data ?? '']))) } });
      };
      handle.notify();
    });
  },
  update() {
    throw new ResourceFailure('Update to resource type AWS::CloudFormation::WaitCondition is not supported');
  },
};
