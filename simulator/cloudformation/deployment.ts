import { isDeepStrictEqual } from 'node:util';
import { StackSource, Template } from './assembly';
import { fillIn } from './dynamic-references';
import { Environment, Evaluation } from './evaluation';
import { Dependencies, dependenciesOf, reversed, visitInOrder } from './graph';
import { ParameterValues } from './parameters';
import { Desired, Provisioner, Report } from './provisioning';
import { Services } from './services';
import { Cancelled, ResourceFailure, ResourceState, Stack, StackStatus } from './stack';
import { isCustom } from './types';

type Properties = Record<string, unknown>;

export interface DeploymentContext {
  readonly services: Services;
  readonly environment: Environment;
  readonly stack: Stack;
  readonly report: Report;
  /** When one resource fails, those under way are dropped at once, or their ends are awaited. */
  readonly cancellation: 'at-once' | 'when-finished';
}

/** One create or update of a stack, with its rollback. */
export class Deployment {
  private readonly provisioner: Provisioner;
  /** What the update replaced, for the cleanup to delete. */
  private replaced: ResourceState[] = [];
  /** Outputs of other stacks as they were before the update, where a rollback is not to read them again. */
  private remembered?: ReadonlyMap<string, string>;
  /** Ends what is being applied. */
  private stop?: () => void;

  constructor(private readonly context: DeploymentContext, private readonly source: StackSource) {
    const { services, stack, report } = context;
    this.provisioner = new Provisioner(services, stack, source.assets, report);
  }

  async create(parameters: ParameterValues): Promise<void> {
    this.status('CREATE_IN_PROGRESS', 'User Initiated');
    const failure = await this.apply(this.source.template, parameters) ?? this.refusedOutputs(this.source.template, parameters);
    if (!failure) return this.complete('CREATE_COMPLETE', this.source.template, parameters);
    this.status('ROLLBACK_IN_PROGRESS', failure);
    const clean = await this.deleteAll([...this.context.stack.resources.values()], (state) => isRetained(state, 'rollback'));
    if (clean) this.context.stack.imports = new Set();
    return this.status(clean ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', failure);
  }

  async update(parameters: ParameterValues): Promise<void> {
    const { stack } = this.context;
    const { template } = this.source;
    if (isDeepStrictEqual(stack.deployed, { template, parameters })) {
      stack.reason = 'No updates are to be performed.';
      return;
    }
    const before = new Map(stack.resources);
    const outputsBefore = new Map(stack.outputsRead);
    this.status('UPDATE_IN_PROGRESS', 'User Initiated');
    const failure = await this.apply(template, parameters) ?? this.refusedOutputs(template, parameters);
    if (failure) {
      if (this.context.services.behaviours.stackOutputsInRollback === 'remembered') this.remembered = outputsBefore;
      return this.rollBack(before, failure);
    }
    this.status('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.cleanUp(this.evaluation(template, parameters), 'delete');
    this.complete('UPDATE_COMPLETE', template, parameters);
  }

  /** What a user may do while an update runs: nothing more begins, and nobody waits any longer for what can be dropped. */
  cancel(): void {
    this.stop?.();
  }

  async delete(): Promise<void> {
    const { stack, environment } = this.context;
    const refusal = environment.exports.refusalToDelete(stack);
    // The stack stays in the state that it is in: https://github.com/aws/aws-cdk/issues/604
    if (refusal) return this.status(stack.status, refusal);
    this.status('DELETE_IN_PROGRESS', 'User Initiated');
    const clean = await this.deleteAll([...this.context.stack.resources.values()], (state) => isRetained(state, 'delete'));
    this.status(clean ? 'DELETE_COMPLETE' : 'DELETE_FAILED');
  }

  private async rollBack(before: ReadonlyMap<string, ResourceState>, failure: string): Promise<void> {
    const { stack } = this.context;
    const { template, parameters } = stack.deployed!;
    this.status('UPDATE_ROLLBACK_IN_PROGRESS', failure);
    const superseded = this.restoreReplaced(before);
    const secondFailure = await this.apply(template, parameters);
    if (secondFailure) return this.status('UPDATE_ROLLBACK_FAILED', secondFailure);
    this.status('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    // A custom resource may have gone back to its old physical id by itself, in which case the old resource stays.
    const kept = new Set([...stack.resources.values(), ...before.values()].map(({ physicalId }) => physicalId));
    this.replaced = [...this.replaced, ...superseded].filter(({ physicalId }) => !kept.has(physicalId));
    await this.cleanUp(this.evaluation(template, parameters), 'rollback');
    this.complete('UPDATE_ROLLBACK_COMPLETE', template, parameters, failure);
  }

  /** AWS's own resources that were replaced are still there, and need not be made again. Returns the new ones. */
  private restoreReplaced(before: ReadonlyMap<string, ResourceState>): ResourceState[] {
    const { stack } = this.context;
    return this.replaced.filter(({ type }) => !isCustom(type)).map(({ logicalId }) => {
      const replacement = stack.resources.get(logicalId)!;
      stack.resources.set(logicalId, before.get(logicalId)!);
      return replacement;
    });
  }

  /** Brings the stack's resources to what the template says; the first failure's reason, if any. */
  private async apply(template: Template, parameters: ParameterValues): Promise<string | undefined> {
    const { stack, cancellation } = this.context;
    const evaluation = this.evaluation(template, parameters);
    const dependencies = dependenciesOf(evaluation.effective.Resources);
    stack.imports = new Set([...stack.imports, ...evaluation.imports()]);
    const failed: string[] = [];
    let byUser = false;
    let drop: (reason: Cancelled) => void;
    const signal = new Promise<never>((_, reject) => { drop = reject; });
    signal.catch(() => undefined);
    this.stop = () => {
      byUser = true;
      drop(new Cancelled());
    };
    await visitInOrder(dependencies, async (logicalId) => {
      if (failed.length > 0 || byUser) return;
      try {
        await this.bring(logicalId, evaluation, dependencies, signal);
      } catch {
        failed.push(logicalId);
        if (cancellation === 'at-once') drop(new Cancelled());
      }
    });
    if (byUser) return 'User Initiated';
    const verb = stack.status === 'CREATE_IN_PROGRESS' ? 'create' : 'update';
    return failed.length > 0 ? `The following resource(s) failed to ${verb}: [${failed.join(', ')}].` : undefined;
  }

  private async bring(
    logicalId: string, evaluation: Evaluation, dependencies: Dependencies, signal: Promise<never>,
  ): Promise<void> {
    const { services, stack } = this.context;
    const resource = evaluation.effective.Resources[logicalId];
    const before = stack.resources.get(logicalId);
    const orFailed = <T>(evaluate: () => T): T => {
      try {
        return evaluate();
      } catch (error) {
        this.context.report({ logicalId, type: resource.Type }, before ? 'UPDATE_FAILED' : 'CREATE_FAILED', (error as Error).message);
        throw error;
      }
    };
    const unfilled = orFailed(() => (evaluation.resolve(resource.Properties) ?? {}) as Properties);
    const own = dependencies.get(logicalId)!;
    // A value elsewhere that has changed is no change: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/844
    if (before && before.type === resource.Type && isDeepStrictEqual(before.unfilled, unfilled)) {
      const { DeletionPolicy: deletionPolicy, UpdateReplacePolicy: updateReplacePolicy } = resource;
      stack.resources.set(logicalId, { ...before, dependencies: own, deletionPolicy, updateReplacePolicy });
      return;
    }
    const properties = orFailed(() => fillIn(unfilled, resource.Type, services) as Properties);
    const desired: Desired = { logicalId, resource, properties, unfilled, dependencies: own };
    if (!before) return this.provisioner.create(desired, signal);
    const replaced = await this.provisioner.update(desired, before, signal);
    if (replaced) this.replaced.push(replaced);
  }

  /** Says why the stack cannot have its outputs; they are looked at when all resources are there. */
  private refusedOutputs(template: Template, parameters: ParameterValues): string | undefined {
    const { stack, environment } = this.context;
    try {
      return environment.exports.refusalOf(stack, this.evaluation(template, parameters).outputs().exports);
    } catch (error) {
      if (error instanceof ResourceFailure) return error.message;
      throw error;
    }
  }

  /**
   * Deletes what is in the template no more, and what was replaced: each before what it depends on. CloudFormation goes on where
   * that fails. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
   */
  private async cleanUp({ effective }: Evaluation, occasion: 'rollback' | 'delete'): Promise<void> {
    const removed = [...this.context.stack.resources.values()].filter(({ logicalId }) => !(logicalId in effective.Resources));
    const replaced = this.replaced.filter(({ updateReplacePolicy }) => updateReplacePolicy !== 'Retain');
    await this.deleteAll([...replaced, ...removed], (state) => removed.includes(state) && isRetained(state, occasion));
    // Where a deletion failed, or the policy says to retain it, the stack lets go of it.
    for (const { logicalId } of removed) this.context.stack.resources.delete(logicalId);
  }

  private async deleteAll(states: ResourceState[], isKept: (state: ResourceState) => boolean): Promise<boolean> {
    let clean = true;
    const byId = new Map(states.map((state) => [state.logicalId, state]));
    const dependencies = new Map(states.map(({ logicalId, dependencies: others }) => [logicalId, others]));
    const blocked = new Set<string>();
    const dependents = reversed(dependencies);
    await visitInOrder(dependents, async (logicalId) => {
      const state = byId.get(logicalId)!;
      if (dependents.get(logicalId)!.some((other) => blocked.has(other))) blocked.add(logicalId);
      if (blocked.has(logicalId)) return;
      if (isKept(state)) {
        this.context.report(state, 'DELETE_SKIPPED');
        return;
      }
      await this.provisioner.delete(state).catch(() => {
        clean = false;
        // What something still depends on cannot go, either.
        blocked.add(logicalId);
      });
    });
    return clean;
  }

  private complete(status: StackStatus, template: Template, parameters: ParameterValues, reason?: string): void {
    const { stack } = this.context;
    const evaluation = this.evaluation(template, parameters);
    stack.deployed = { template, parameters };
    stack.imports = evaluation.imports();
    if (!reason) stack.requestIds.clear();
    Object.assign(stack, evaluation.outputs());
    this.status(status, reason);
  }

  private evaluation(template: Template, parameters: ParameterValues): Evaluation {
    return new Evaluation(template, parameters, this.context.stack, this.context.environment, this.remembered);
  }

  private status(status: StackStatus, reason?: string): void {
    const { stack, report } = this.context;
    stack.status = status;
    stack.reason = reason;
    report({ logicalId: stack.name, type: 'AWS::CloudFormation::Stack' }, status, reason);
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html */
function isRetained({ deletionPolicy }: ResourceState, occasion: 'rollback' | 'delete'): boolean {
  return deletionPolicy === 'Retain' || (deletionPolicy === 'RetainExceptOnCreate' && occasion === 'delete');
}
