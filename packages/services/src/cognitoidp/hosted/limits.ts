/** How long an authorization code holds, in ms. Source: "Authorize endpoint", code grant: valid for five minutes. */
export const codeLifeMs = 5 * 60_000

/** How long a browser stays signed in, in ms. Source: "User pool managed login", session cookie: one hour. */
export const browserSessionMs = 3_600_000

/** How long a browser may take between two pages, in ms. Ours; challenges end sooner, with their sessions. */
export const stepMs = 3_600_000

/** How long a provider outside may take, in ms. Source: "Understanding IdP responses": state is valid for five minutes. */
export const federationMs = 5 * 60_000

/** Largest form, in bytes: a SAML response of 100,000 characters, percent-encoded. Source: "The IdP SAML assertion endpoint". */
export const formBytesMax = 400_000

/** How long a provider outside may take for one answer, in ms. Source: "Using OIDC identity providers". */
export const providerTimeoutMs = 5_000
