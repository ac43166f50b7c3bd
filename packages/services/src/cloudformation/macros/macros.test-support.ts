import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { Handler, testFunctions } from '../functions.test-support.ts'

/** Makes a macro with its function. */
export async function deployMacro(
  cloud: Cloud,
  functions: ReturnType<typeof testFunctions>,
  Name: string,
  handler: Handler,
): Promise<void> {
  const FunctionName = await functions.add(cloud, `${Name}-function`, handler)
  const Macro = { Type: 'AWS::CloudFormation::Macro', Properties: { Name, FunctionName } }
  const TemplateBody = JSON.stringify({ Resources: { Macro } })
  await client(cloud, CloudFormationClient).send(
    new CreateStackCommand({ StackName: `${Name}-stack`, TemplateBody }),
  )
  await cloud.advance({ minutes: 1 })
}
