import { customResource } from '../custom-resource';
import { ResourceHandler } from '../services';
import { isCustom } from '../types';
import { waitCondition, waitConditionHandle } from '../wait-condition';
import { cleanRoomsHandlers } from './clean-rooms';
import { dynamoDbHandlers } from './dynamodb';
import { generic } from './generic';
import { iamHandlers } from './iam';
import { lambdaHandlers } from './lambda';
import { orchestrationHandlers } from './orchestration';
import { testHandlers } from './test';

const HANDLERS: Record<string, ResourceHandler> = {
  'AWS::CloudFormation::WaitCondition': waitCondition,
  'AWS::CloudFormation::WaitConditionHandle': waitConditionHandle,
  ...iamHandlers,
  ...lambdaHandlers,
  ...orchestrationHandlers,
  ...cleanRoomsHandlers,
  ...dynamoDbHandlers,
  ...testHandlers,
};

export function handlerFor(type: string): ResourceHandler {
  return isCustom(type) ? customResource : HANDLERS[type] ?? generic;
}
