import { isDeepStrictEqual } from 'node:util';
import { TemplateResource } from './assembly';
import { handlerFor } from './handlers';
import { Change, Made, ResourceHandler, Services } from './services';
import { Cancelled, Refused, ResourceFailure, ResourceState, Stack } from './stack';
import { isCustom } from './types';

/** Says what happens to a resource, as CloudFormation's event list does. */
export type Report = (resource: { logicalId: string; type: string }, status: string, reason?: string) => void;

export interface Desired {
  readonly logicalId: string;
  readonly resource: TemplateResource;
  readonly properties: Record<string, unknown>;
  /** With dynamic references as they are written. */
  readonly unfilled: Record<string, unknown>;
  readonly dependencies: readonly string[];
}

/** Makes, changes and deletes single resources. */
export class Provisioner {
  constructor(
    private readonly services: Services,
    private readonly stack: Stack,
    private readonly assets: Readonly<Record<string, string>>,
    private readonly report: Report,
  ) {}

  /** @param signal settles when nobody waits any longer */
  async create(desired: Desired, signal: Promise<never>): Promise<void> {
    const { logicalId, resource: { Type: type } } = desired;
    const handler = handlerFor(type);
    const change = this.change(desired);
    this.report({ logicalId, type }, 'CREATE_IN_PROGRESS');
    try {
      await this.takeTime(handler);
      const made = await abandonable(handler, this.make(handler, change), signal);
      this.keep(desired, made);
      this.report({ logicalId, type }, 'CREATE_COMPLETE');
    } catch (error) {
      const leftBehind = (error as ResourceFailure).physicalId ?? (handler.abandonable ? change.generatedName : undefined);
      // What was half made is deleted in the rollback, by this id.
      if (leftBehind !== undefined) this.keep(desired, { physicalId: leftBehind });
      this.report({ logicalId, type }, 'CREATE_FAILED', reasonOf(error, 'creation'));
      throw error;
    }
  }

  /** @returns the resource that it took the place of, if it did */
  async update(desired: Desired, before: ResourceState, signal: Promise<never>): Promise<ResourceState | undefined> {
    const { logicalId, resource: { Type: type } } = desired;
    const handler = handlerFor(type);
    this.report({ logicalId, type }, 'UPDATE_IN_PROGRESS');
    try {
      await this.takeTime(handler);
      const change = this.change(desired);
      const replace = !handler.update || type !== before.type || needsReplacement(handler, before.unfilled, desired.unfilled);
      if (replace) this.services.names.rejectReplacementOf(before, change);
      if (replace) this.report({ logicalId, type }, 'UPDATE_IN_PROGRESS', 'Requested update requires the creation of a new physical resource; hence creating one.');
      const work = replace ? this.make(handler, change) : Promise.resolve(handler.update!(change, before));
      const made = await abandonable(handler, work, signal);
      this.keep(desired, made);
      this.report({ logicalId, type }, 'UPDATE_COMPLETE');
      return made.physicalId === before.physicalId ? undefined : before;
    } catch (error) {
      // Who knows what a custom resource did about its new properties: a rollback has to ask for the old ones again.
      if (isCustom(type) && !(error instanceof Refused)) {
        const { properties, unfilled } = desired;
        this.stack.resources.set(logicalId, { ...before, properties, unfilled });
      }
      this.report({ logicalId, type }, 'UPDATE_FAILED', reasonOf(error, 'update'));
      throw error;
    }
  }

  async delete(state: ResourceState): Promise<void> {
    const { logicalId, type } = state;
    const handler = handlerFor(type);
    this.report(state, 'DELETE_IN_PROGRESS');
    try {
      await this.takeTime(handler);
      const change = this.change({ ...state, resource: { Type: type } });
      await handler.delete?.(change, state);
      this.services.names.release(state);
      if (this.stack.resources.get(logicalId)?.physicalId === state.physicalId) this.stack.resources.delete(logicalId);
      this.report(state, 'DELETE_COMPLETE');
    } catch (error) {
      this.report(state, 'DELETE_FAILED', (error as Error).message);
      throw error;
    }
  }

  private async make(handler: ResourceHandler, change: Change): Promise<Made> {
    const { names } = this.services;
    names.take(change);
    try {
      return await handler.create(change);
    } catch (error) {
      names.release(change);
      throw error;
    }
  }

  private change({ logicalId, resource, properties }: Desired): Change {
    const { services, stack, assets } = this;
    // Room for the suffix in the shortest names that AWS allows, those of roles and functions: 64 characters.
    const generatedName = `${stack.name.slice(0, 24)}-${logicalId.slice(0, 24)}-${services.random.suffix()}`;
    return { services, stack, logicalId, type: resource.Type, properties, generatedName, assets };
  }

  private keep({ logicalId, resource, properties, unfilled, dependencies }: Desired, made: Made): void {
    this.stack.resources.set(logicalId, {
      logicalId,
      type: resource.Type,
      properties,
      unfilled,
      dependencies,
      physicalId: made.physicalId,
      ref: made.ref,
      attributes: made.attributes ?? {},
      deletionPolicy: resource.DeletionPolicy,
      updateReplacePolicy: resource.UpdateReplacePolicy,
    });
  }

  private async takeTime({ seconds = 0, abandonable: immediate }: ResourceHandler): Promise<void> {
    if (!immediate) await this.services.clock.sleep(seconds * 1000);
  }
}

function reasonOf(error: unknown, what: 'creation' | 'update'): string {
  return error instanceof Cancelled ? `Resource ${what} cancelled` : (error as Error).message;
}


function needsReplacement({ replacedBy = [] }: ResourceHandler, before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  return replacedBy.some((name) => !isDeepStrictEqual(before[name], after[name]));
}

function abandonable(handler: ResourceHandler, work: Promise<Made>, signal: Promise<never>): Promise<Made> {
  if (!handler.abandonable) return work;
  // Once abandoned, nobody hears how it ends.
  work.catch(() => undefined);
  return Promise.race([work, signal]);
}
