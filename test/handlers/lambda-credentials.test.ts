import { readFileSync } from 'node:fs';
import { defaultProvider } from '../../src/handlers/lambda-credentials';

describe('the functions\' credentials', () => {
  const before = { ...process.env };
  afterEach(() => { process.env = { ...before }; });

  test('are those in the environment when they are asked for', async () => {
    const provide = defaultProvider();
    for (const name of ['the first start', 'a restored snapshot']) {
      const [key, secret, token] = ['key', 'secret', 'token'].map((each) => `${each} of ${name}`);
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token });
      expect(await provide()).toMatchObject({ accessKeyId: key, secretAccessKey: secret, sessionToken: token });
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
