import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { setting } from '../setting.ts'

const lambda = new LambdaClient({})

/** The projects of a user, asked of CheckUserAccess. */
export async function askForProjects(userName: string): Promise<string[]> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: setting('CHECK_USER_ACCESS'),
      Payload: JSON.stringify({ userName }),
    }),
  )
  const text = new TextDecoder().decode(Payload)
  if (FunctionError !== undefined) throw new Error(`CheckUserAccess failed: ${text}`)
  const { projects } = JSON.parse(text) as { projects: string[] } // Its own function's answer.
  return projects
}
