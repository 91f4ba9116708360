import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface ParameterDefinition {
  readonly Type: string;
  readonly Default?: unknown;
  readonly AllowedValues?: readonly unknown[];
  readonly AllowedPattern?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
  readonly ConstraintDescription?: string;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

export interface Template {
  readonly Parameters?: Record<string, ParameterDefinition>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Conditions?: Record<string, unknown>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, TemplateOutput>;
}

/** What a deployment hands to CloudFormation. */
export interface StackSource {
  readonly stackName: string;
  readonly template: Template;
  /** Of the template's file; without it, as if CDK had written one in its usual way. */
  readonly templateBytes?: number;
  /** Folders of unpacked file assets, by the object key that the template names. */
  readonly assets: Readonly<Record<string, string>>;
}

interface Artifact {
  readonly type: string;
  readonly displayName?: string;
  readonly dependencies?: string[];
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string; readonly directoryName?: string };
}

interface AssetManifest {
  readonly files: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
}

/** Reads a stack from a cloud assembly, by its name or its path in the app. Stages' assemblies are searched, too. */
export function readStack(assemblyDirectory: string, stack: string): StackSource {
  const found = findStack(assemblyDirectory, stack);
  if (!found) throw new Error(`The cloud assembly ${assemblyDirectory} has no stack "${stack}".`);
  return found;
}

function findStack(directory: string, stack: string): StackSource | undefined {
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(directory, 'manifest.json');
  for (const [id, artifact] of Object.entries(artifacts)) {
    const { type, displayName, properties = {} } = artifact;
    if (type === 'cdk:cloud-assembly') {
      const nested = findStack(join(directory, properties.directoryName!), stack);
      if (nested) return nested;
    }
    const stackName = properties.stackName ?? id;
    if (type === 'aws:cloudformation:stack' && [id, stackName, displayName].includes(stack)) {
      const file = properties.templateFile!;
      const templateBytes = statSync(join(directory, file)).size;
      return { stackName, template: readJson<Template>(directory, file), templateBytes, assets: assetsOf(directory, artifact, artifacts) };
    }
  }
  return undefined;
}

function assetsOf(directory: string, stack: Artifact, artifacts: Record<string, Artifact>): Record<string, string> {
  const manifests = (stack.dependencies ?? []).map((id) => artifacts[id]).filter(({ type }) => type === 'cdk:asset-manifest');
  const files = manifests.flatMap(({ properties }) => Object.values(readJson<AssetManifest>(directory, properties!.file!).files ?? {}));
  return Object.fromEntries(files.flatMap(({ source, destinations }) => source.path === undefined ? []
    : Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(directory, source.path!)])));
}

function readJson<T>(directory: string, file: string): T {
  return JSON.parse(readFileSync(join(directory, file), 'utf8')) as T;
}
