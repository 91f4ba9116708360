import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, aws_sns as sns, aws_ssm as ssm, CfnOutput, ReferenceStrength, Stack, Stage } from 'aws-cdk-lib';
import { Cloud } from '../../../simulator/cloud';

process.env.CDK_VALIDATION = 'false';

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

function synthesize(build: (app: App) => void): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'assembly-')) });
  build(app);
  return app.synth().directory;
}

/** That functions find their assets in one is what every test in e2e needs. */
test('a stack is found in a cloud assembly by its name or its path in the app, below stages, too', async () => {
  const directory = synthesize((app) => {
    const stack = new Stack(new Stage(app, 'Stage'), 'App', { stackName: 'the-app' });
    new CfnOutput(stack, 'Answer', { value: new ssm.CfnParameter(stack, 'A', { type: 'String', value: 'v' }).attrValue });
  });
  await expect(cloud.deploy(directory, 'Other')).rejects.toThrow('has no stack "Other"');
  expect(await cloud.deploy(directory, 'Stage/App')).toMatchObject({ status: 'CREATE_COMPLETE', outputs: { Answer: 'v' } });
  expect(await cloud.deploy(directory, 'the-app')).toMatchObject({ reason: 'No updates are to be performed.' });
});

test('a weak reference of CDK deploys, and lets what it refers to be replaced', async () => {
  for (const topicName of ['one', 'two']) {
    const directory = synthesize((app) => {
      const [up, down] = [new Stack(app, 'Up'), new Stack(app, 'Down')];
      const value = Stack.consumeReference(new sns.CfnTopic(up, 'Topic', { topicName }).attrTopicName, ReferenceStrength.WEAK);
      new ssm.CfnParameter(down, 'B', { type: 'String', value });
      new CfnOutput(down, 'Changing', { value: topicName });
    });
    for (const stack of ['Up', 'Down']) expect((await cloud.deploy(directory, stack)).status).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    expect(cloud.stack('Down').resources.get('B')!.properties.Value).toBe(topicName);
  }
});
