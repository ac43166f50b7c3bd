// What the scenarios use of `oidc-provider`, which comes without types.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export default class Provider {
    proxy: boolean
    constructor(issuer: string, configuration: object)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    readonly Client: { find(id: string): Promise<object | undefined> }
    readonly ResourceServer: new (
      identifier: string,
      settings: object,
    ) => object
    readonly AccessToken: new (
      settings: object,
    ) => {
      resourceServer: object
      save(): Promise<string>
    }
  }
}
