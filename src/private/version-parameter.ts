import { Stack } from 'aws-cdk-lib';
import { CfnParameter, IParameter, IParameterRef } from 'aws-cdk-lib/aws-ssm';
import { known } from './problem';

/** Returns a parameter's ARN. CloudFormation knows no attribute for that, though CDK's reference to the resource takes it for one. */
export function parameterArnOf(parameter: IParameterRef): string {
  if (!CfnParameter.isCfnParameter(parameter)) {
    return (parameter as Partial<IParameter>).parameterArn ?? parameter.parameterRef.parameterArn;
  }
  const { name, ref } = parameter;
  // The slash that a name may begin with is no second one.
  const resourceName = name !== undefined && known(name) && name.startsWith('/') ? name.slice(1) : ref;
  return Stack.of(parameter).formatArn({ service: 'ssm', resource: 'parameter', resourceName });
}
