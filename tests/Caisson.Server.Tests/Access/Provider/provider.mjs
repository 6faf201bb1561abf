// An identity provider for tests: the real oidc-provider, which signs in whoever the test names, without a page.
// usage: node provider.mjs REDIRECT_URI; prints its issuer, then serves until its standard input ends.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [redirectUri] = process.argv.slice(2);
let person = { sub: 'alice', email: 'alice@example.com', email_verified: true, groups: ['staff'] };

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'test' }] },
    clients: [
      {
        client_id: 'caisson',
        client_secret: 'a secret & more',
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        backchannel_logout_uri: 'http://127.0.0.1:1/unset',
        backchannel_logout_session_required: true,
      },
    ],
    pkce: { methods: ['S256'], required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'offline_access', 'email', 'profile', 'groups'],
    issueRefreshToken: async () => true,
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    cookies: { keys: ['test'] },
    interactions: { url: (_, interaction) => `/auto/${interaction.uid}` },
    findAccount: async (_, id) => (id === person.sub ? { accountId: id, claims: async () => ({ name: 'Alice', ...person }) } : undefined),
  });

  provider.use(async (context, next) => {
    if (context.path.startsWith('/auto/')) {
      const { params, grantId } = await provider.interactionDetails(context.req, context.res);
      const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: person.sub, clientId: params.client_id });
      grant.addOIDCScope(params.scope);
      const result = { login: { accountId: person.sub }, consent: { grantId: await grant.save() } };
      await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: true });
      context.respond = false;
    } else if (context.path === '/control/person') {
      person = JSON.parse(context.query.value);
      context.body = 'ok';
    } else if (context.path === '/control/logout') {
      const client = await provider.Client.find('caisson');
      client.backchannelLogoutUri = context.query.uri;
      await client.backchannelLogout(context.query.sub, context.query.sid);
      context.body = 'ok';
    } else await next();
  });

  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
