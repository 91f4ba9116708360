import { readFileSync } from 'node:fs';
import { defaultProvider } from '../../src/handlers/lambda-credentials';

describe('the functions\' credentials', () => {
  const before = { ...process.env };
  afterEach(() => { process.env = { ...before }; });

  const inEnvironment = (name: string) => Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: `key of ${name}`, AWS_SECRET_ACCESS_KEY: `secret of ${name}`, AWS_SESSION_TOKEN: `token of ${name}`,
  });

  test('are those in the environment when they are asked for', async () => {
    const provide = defaultProvider();
    for (const name of ['the first start', 'a restored snapshot']) {
      inEnvironment(name);
      expect(await provide()).toMatchObject({ accessKeyId: `key of ${name}`, secretAccessKey: `secret of ${name}`, sessionToken: `token of ${name}` });
    }
  });

  test('are missed in words, not waited for from somewhere else', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    await expect(defaultProvider()()).rejects.toThrow('Unable to find environment variable credentials');
  });

  test.each(['population', 'deployment'])('leave the clients of other sources out of the %s function\'s bundle', (name) => {
    const bundle = readFileSync(`assets/handlers/${name}.lambda/index.js`, 'utf8');
    expect(bundle).toContain('AWS_ACCESS_KEY_ID');
    expect(bundle).not.toMatch(/sso-oidc|cognito-identity|AssumeRoleWithWebIdentity/);
  });
});
