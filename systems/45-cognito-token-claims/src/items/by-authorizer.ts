import { listed } from '../access/decision.ts'
import { projectsOf } from '../project-list.ts'
import type { Request } from './events.ts'
import { serve } from './serve.ts'

/** Behind the authorizer function, which has judged claim and path: this one passes on what it was told. */
export const handler = async ({ pathParameters, requestContext }: Request) => {
  const projects = projectsOf(requestContext.authorizer.lambda?.projects ?? '')
  return await serve(listed(projects), pathParameters?.projectId, 0)
}
