import { fileURLToPath } from 'node:url'
import { type HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Construct } from 'constructs'
import { pagePaths } from '../src/page-server/files.ts'
import { Code } from './code.ts'
import type { People } from './people.ts'

const bundler = fileURLToPath(new URL('../src/page-server/bundle.ts', import.meta.url))

/** The page, served by the API itself: anyone may have it, since it shows nothing before a sign-in. */
export class Page extends Construct {
  constructor(scope: Construct, id: string, api: HttpApi, { client, domain }: People) {
    super(scope, id)
    const code = new Code(this, 'Files', {
      file: 'page-server/handler',
      description: 'Serves the page',
      environment: {
        LOGIN_URL: domain.baseUrl(),
        CLIENT_ID: client.userPoolClientId,
        RETURN_URL: pageUrl(api),
      },
      bundling: {
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          // The page's own files go beside the function's code.
          afterBundling: (_input, output) => [`"${process.execPath}" "${bundler}" "${output}"`],
        },
      },
    })
    const integration = new HttpLambdaIntegration('Page', code.fn)
    for (const path of pagePaths) {
      api.addRoutes({ path, methods: [HttpMethod.GET], integration })
    }
  }
}

/** The address of the page: callbacks are compared with it letter by letter. */
export function pageUrl(api: HttpApi): string {
  return `${api.apiEndpoint}/`
}
