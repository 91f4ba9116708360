import { Stack, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Acknowledges the wildcards in these resources for cdk-nag's AwsSolutions rules, each with its reason, so that users inherit no finding.
 *
 * The ids are those that cdk-nag prints. `Validations.acknowledge` refuses them where they hold a pseudo parameter, for its `::`;
 * what it would record is what both read.
 */
export function acknowledgeWildcards(scope: IConstruct, resources: readonly string[], reason: string): void {
  const known = new Set<string>();
  const acknowledge = () => {
    const ids = resources.map((resource) => `AwsSolutions-IAM5[Resource::${flattened(Stack.of(scope).resolve(resource))}]`);
    for (const id of ids.filter((each) => !known.has(each))) {
      known.add(id);
      scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
    }
  };
  // At once, for what reads it while CDK synthesizes; and when references to other stacks have become imports, which is what cdk-nag sees.
  acknowledge();
  scope.node.addValidation({
    validate() {
      acknowledge();
      return [];
    },
  });
}

/** Acknowledges rules that other packs of cdk-nag have in common, by what follows the pack's name. */
export function acknowledgeRules(scope: IConstruct, rules: readonly string[], reason: string): void {
  for (const id of rules.flatMap((rule) => PACKS.map((pack) => `${pack}-${rule}`))) {
    scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
  }
}

const PACKS = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321', 'Serverless'];

/** A resolved value as cdk-nag writes it: references in angle brackets. */
function flattened(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  if (value['Fn::Join']) {
    const [delimiter, parts] = value['Fn::Join'];
    return parts.map(flattened).join(delimiter);
  }
  if (value['Fn::GetAtt']) {
    return `<${value['Fn::GetAtt'].join('.')}>`;
  }
  if (value['Fn::ImportValue']) {
    return flattened(value['Fn::ImportValue']);
  }
  return value.Ref ? `<${value.Ref}>` : JSON.stringify(value);
}
