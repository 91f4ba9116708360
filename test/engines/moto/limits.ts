/** What moto 5.2.5 cannot do, and what stands in for it here. Nothing else of it is replaced. */
export const LIMITS: readonly (readonly [cannot: string, instead: string])[] = [
  ['CloudFormation makes no intermediate tables: moto has no Clean Rooms at all', 'the table is there before the stack, in this project\'s simulator, which the functions reach over HTTP'],
  ['custom resources get no Update and no Delete, and are lost in an update', 'they are kept, and get both from serve_moto.py, with the properties that moto has resolved'],
  ['custom resources are not awaited in order, and by a change set not at all', 'each stack has one population; chains run in the simulator only'],
  ['a custom resource that answers FAILED leaves its stack in CREATE_IN_PROGRESS, and nothing is rolled back', 'the runner sends what a rollback sends; answers are compared, not the stack\'s status'],
  ['wait conditions do not wait', 'populations of more than 55 minutes run in the simulator only'],
  ['Fn::GetAtt of a state machine has no Arn', 'serve_moto.py adds it'],
  ['machines of CloudFormation are none of those that run', 'serve_moto.py has one backend for both'],
  ['functions need Docker', 'each invocation is a process of Node\'s with the function\'s own bundle and environment, without its role'],
  ['IAM denies nothing', 'permissions are the simulator\'s and a second opinion\'s to decide'],
  ['the bucket of a template is misread where the endpoint\'s host is a number', 'the CDK CLI gets it as localhost'],
  ['a stack\'s second change set does not find the first, which has its name', 'the CDK CLI updates without one'],
  ['a parameter that was left to its default has no previous value', 'the CDK CLI asks for none'],
  ['SSM parameters need names', 'the version parameter has one'],
  ['rules start no state machine and invoke no function, and executions announce no status', 'refreshes are started by hand; the function gets the event of a stopped execution by hand'],
  ['an execution that was stopped has neither error nor cause', 'they are not compared'],
  ['waits take as long as they say', 'they take a twentieth'],
];
