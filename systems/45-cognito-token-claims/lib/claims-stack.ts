import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { JudgedRoute } from './judged-route.ts'
import { Page, pageUrl } from './page.ts'
import { type ClaimedToken, People } from './people.ts'
import { Front, localPage, ProjectsApi } from './projects-api.ts'
import { SessionEnd } from './session-end.ts'

interface ClaimsStackProps extends StackProps {
  readonly claimedToken: ClaimedToken
}

/** People, their claims, and the API that judges by these. */
export class ClaimsStack extends Stack {
  constructor(scope: Construct, id: string, { claimedToken, ...props }: ClaimsStackProps) {
    super(scope, id, props)
    const { api } = new Front(this, 'Front', 'Projects')
    const people = new People(this, 'People', {
      claimedToken,
      domainPrefix: `projects-${claimedToken}-token`,
      returnUrls: [pageUrl(api), localPage],
      // An hour as in the post; five minutes, the least there is, where a claim is not to be old.
      tokenLife: claimedToken === 'id' ? Duration.hours(1) : Duration.minutes(5),
    })
    const projects = new ProjectsApi(this, 'Projects', { api, people, claimedToken })
    if (claimedToken === 'access') {
      new JudgedRoute(this, 'Judged', { api, people, projects })
      new SessionEnd(this, 'SessionEnd', people)
      new Page(this, 'Page', api, people)
    }
    const { pool, client, domain, userInfo, trigger } = people
    for (const [name, value] of Object.entries({
      Url: api.apiEndpoint,
      LoginUrl: domain.baseUrl(),
      Issuer: pool.userPoolProviderUrl,
      UserPoolId: pool.userPoolId,
      ClientId: client.userPoolClientId,
      UserInfoTable: userInfo.tableName,
      ItemsTable: projects.items.tableName,
      Trigger: trigger.fn.functionName,
      TriggerRole: trigger.role.roleName,
      TriggerLog: trigger.logGroup.logGroupName,
    })) {
      new CfnOutput(this, name, { value })
    }
  }
}
