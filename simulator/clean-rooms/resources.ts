import type { Random } from '../random';
import { directReads } from './base-tables';
import { conflict, invalidConfiguration } from './errors';
import type { Limits } from './limits';
import { isOver } from './population';
import type { View } from './present';
import type { AnalysisTemplate, Association, Collaboration, ConfiguredTable, IntermediateTable, Membership, Parameters } from './resource-types';
import type { Store } from './store';
import { checked, Input } from './wire';

export interface ResourcesOptions {
  readonly store: Store;
  readonly random: Pick<Random, 'uuid'>;
  readonly limits: Limits;
  readonly arnPrefix: string;
  /** The state as of now. */
  readonly settled: () => View;
}

export interface IntermediateTableProperties {
  readonly membershipIdentifier: string;
  readonly name: string;
  readonly populationAnalysisConfiguration: IntermediateTable['populationAnalysisConfiguration'];
  readonly description?: string;
  readonly kmsKeyArn?: string;
  readonly retentionInDays?: number;
  readonly analysisRuleTypes?: string[];
  /** The stored query's default parameters; a query from an analysis template has the template's. */
  readonly defaultParameters?: Parameters;
}

/** What changes in place. */
export type TableChanges = Partial<Pick<IntermediateTable, 'description' | 'kmsKeyArn' | 'columns' | 'analysisRuleTypes'>>;

/** What CloudFormation calls to make, change and remove resources. */
export class Resources {
  constructor(private readonly options: ResourcesOptions) {}

  createCollaboration({ name }: { name: string }): Collaboration {
    return this.register(this.options.store.collaborations, (id) => ({ id, arn: this.arn(`collaboration/${id}`), name }));
  }

  createMembership({ collaborationIdentifier }: { collaborationIdentifier: string }): Membership {
    const collaboration = this.options.store.collaboration(collaborationIdentifier);
    return this.register(this.options.store.memberships, (id) =>
      ({ id, arn: this.arn(`membership/${id}`), name: collaboration.name, collaboration }));
  }

  createConfiguredTable({ name }: { name: string }): ConfiguredTable {
    return this.register(this.options.store.configuredTables, (id) => ({ id, arn: this.arn(`configuredtable/${id}`), name }));
  }

  createConfiguredTableAssociation(properties: {
    membershipIdentifier: string; configuredTableIdentifier: string; name: string; accessBudget?: number;
  }): Association {
    const { store } = this.options;
    const { name, accessBudget } = properties;
    const membership = store.membership(properties.membershipIdentifier);
    const configuredTable = store.configuredTable(properties.configuredTableIdentifier);
    this.requireUnused(name, membership.collaboration);
    return this.register(store.associations, (id) =>
      ({ id, arn: `${membership.arn}/configuredtableassociation/${id}`, name, membership, configuredTable, accessBudget }));
  }

  createAnalysisTemplate(properties: {
    membershipIdentifier: string; name: string; queryString: string; defaultParameters?: Parameters;
  }): AnalysisTemplate {
    const { store } = this.options;
    const { name, queryString, defaultParameters: defaults = {} } = properties;
    const membership = store.membership(properties.membershipIdentifier);
    return this.register(store.analysisTemplates, (id) =>
      ({ id, arn: `${membership.arn}/analysistemplate/${id}`, name, membership, queryString, defaults }));
  }

  createIntermediateTable(properties: IntermediateTableProperties): IntermediateTable {
    const { store, limits } = this.options;
    checked({ ...properties } as Input, 'CreateIntermediateTableInput');
    const membership = store.membership(properties.membershipIdentifier);
    this.requireUnused(properties.name, membership.collaboration);
    const { now } = this.options.settled();
    return this.register(store.tables, (id) => ({
      id,
      arn: `${membership.arn}/intermediatetable/${id}`,
      name: properties.name,
      membership,
      createdAt: now,
      updatedAt: now,
      description: properties.description,
      kmsKeyArn: properties.kmsKeyArn,
      populationAnalysisConfiguration: properties.populationAnalysisConfiguration,
      retentionInDays: properties.retentionInDays ?? limits.retentionDays,
      analysisRuleTypes: properties.analysisRuleTypes ?? [],
      defaults: properties.defaultParameters ?? this.templateDefaults(properties),
    }));
  }

  /** A new key counts from the next populate on. */
  updateIntermediateTable(id: string, changes: TableChanges): void {
    Object.assign(this.options.store.tableById(id), changes, { updatedAt: this.options.settled().now });
  }

  deleteIntermediateTable(id: string): void {
    const { store, behaviours, now } = this.options.settled();
    const table = store.tableById(id);
    const child = [...store.tables.values()].find((other) => directReads(other, store).tables.includes(table));
    if (child) throw conflict(`Intermediate table "${child.name}" reads "${table.name}".`, id, 'SUBRESOURCES_EXIST');
    const populating = store.populationsOf(table).some((population) => !isOver(population, now));
    if (populating && behaviours.deleteWhilePopulating === 'refused') throw conflict(`Intermediate table "${table.name}" is populating.`, id, 'INVALID_STATE');
    store.tables.delete(id);
  }

  /** Takes a base table away: what was built on it can be populated no more. */
  deleteConfiguredTableAssociation(id: string): void {
    const { store } = this.options;
    const association = store.association(id);
    for (const table of store.tables.values()) {
      if (directReads(table, store).associations.includes(association)) {
        table.imposed = { status: 'BASE_TABLE_REMOVED', reason: `The table "${association.name}" was removed from the collaboration.` };
      }
    }
    store.associations.delete(id);
  }

  deleteConfiguredTable(id: string): void {
    const { store } = this.options;
    const used = [...store.associations.values()].find(({ configuredTable }) => configuredTable === store.configuredTable(id));
    if (used) throw conflict(`Association "${used.name}" uses the configured table.`, id, 'SUBRESOURCES_EXIST');
    store.configuredTables.delete(id);
  }

  deleteAnalysisTemplate(id: string): void {
    this.options.store.analysisTemplates.delete(id);
  }

  deleteMembership(id: string): void {
    this.options.store.membership(id);
    this.options.store.memberships.delete(id);
  }

  deleteCollaboration(id: string): void {
    this.options.store.collaboration(id);
    this.options.store.collaborations.delete(id);
  }

  private templateDefaults({ populationAnalysisConfiguration: { sqlParameters, jobParameters } }: IntermediateTableProperties): Parameters {
    const arn = jobParameters?.analysisTemplateArn ?? sqlParameters?.analysisTemplateArn;
    if (arn === undefined) return {};
    const template = [...this.options.store.analysisTemplates.values()].find((candidate) => candidate.arn === arn);
    if (!template) throw invalidConfiguration(`The analysis template ${arn} does not exist.`);
    return template.defaults;
  }

  /** https://docs.aws.amazon.com/clean-rooms/latest/userguide/create-intermediate-table.html */
  private requireUnused(wanted: string, of: Collaboration): void {
    const { tables, associations } = this.options.store;
    for (const [kind, existing] of [['an intermediate table', tables], ['a table', associations]] as const) {
      const namesake = [...existing.values()].find(({ name, membership: { collaboration } }) => name === wanted && collaboration === of);
      if (namesake) throw conflict(`The collaboration already has ${kind} "${namesake.name}".`, namesake.id, 'ALREADY_EXISTS');
    }
  }

  private register<T extends { id: string }>(kind: Map<string, T>, make: (id: string) => T): T {
    const resource = make(this.options.random.uuid());
    kind.set(resource.id, resource);
    return resource;
  }

  private arn(path: string): string {
    return `${this.options.arnPrefix}:${path}`;
  }
}
