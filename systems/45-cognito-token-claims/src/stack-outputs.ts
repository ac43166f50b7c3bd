import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'

export type Outputs = Readonly<Record<string, string>>

/** The outputs of a deployed stack. */
export async function outputsOf(
  StackName: string,
  client = new CloudFormationClient({}),
): Promise<Outputs> {
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }))
  const entries = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ])
  return Object.fromEntries(entries)
}
