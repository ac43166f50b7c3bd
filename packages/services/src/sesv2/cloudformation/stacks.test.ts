import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetContactListCommand,
  GetEmailIdentityCommand,
  GetEmailTemplateCommand,
} from '@aws-sdk/client-sesv2'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { world } from '../mail.test-support.ts'

const StackName = 'mail'

function stackIn(cloud: Cloud) {
  const cfn = client(cloud, CloudFormationClient)
  let exists = false
  return {
    async deploy(Resources: object, Outputs: object = {}): Promise<Record<string, string>> {
      const input = { StackName, TemplateBody: JSON.stringify({ Resources, Outputs }) }
      await cfn.send(exists ? new UpdateStackCommand(input) : new CreateStackCommand(input))
      exists = true
      await cloud.advance({ minutes: 1 })
      const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName }))
      const { StackEvents } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
      const failed = StackEvents?.filter(({ ResourceStatus }) =>
        /FAILED/.test(ResourceStatus ?? ''),
      )
      expect(failed?.map(({ ResourceStatusReason }) => ResourceStatusReason)).toEqual([])
      const outputs = Stacks?.[0]?.Outputs ?? []
      return Object.fromEntries(
        outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      )
    },
    async destroy() {
      await cfn.send(new DeleteStackCommand({ StackName }))
      await cloud.advance({ minutes: 1 })
    },
  }
}

const resources = (sending: boolean, subject: string) => ({
  Set: {
    Type: 'AWS::SES::ConfigurationSet',
    Properties: {
      Name: 'mail',
      SendingOptions: { SendingEnabled: sending },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE'] },
    },
  },
  Domain: {
    Type: 'AWS::SES::EmailIdentity',
    Properties: {
      EmailIdentity: 'example.com',
      ConfigurationSetAttributes: { ConfigurationSetName: { Ref: 'Set' } },
      MailFromAttributes: { MailFromDomain: 'bounce.example.com' },
      FeedbackAttributes: { EmailForwardingEnabled: false },
    },
  },
  Events: {
    Type: 'AWS::SES::ConfigurationSetEventDestination',
    Properties: {
      ConfigurationSetName: { Ref: 'Set' },
      EventDestination: {
        Name: 'bus',
        Enabled: true,
        MatchingEventTypes: ['send', 'renderingFailure'],
        EventBridgeDestination: {
          EventBusArn: {
            'Fn::Sub':
              'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default',
          },
        },
      },
    },
  },
  Template: {
    Type: 'AWS::SES::Template',
    Properties: { Template: { TemplateName: 'hello', SubjectPart: subject, TextPart: 'hi' } },
  },
  List: {
    Type: 'AWS::SES::ContactList',
    Properties: {
      ContactListName: 'readers',
      Topics: [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN' }],
    },
  },
})

const outputs = {
  Set: { Value: { Ref: 'Set' } },
  Domain: { Value: { Ref: 'Domain' } },
  Token: { Value: { 'Fn::GetAtt': ['Domain', 'DkimDNSTokenName1'] } },
  TokenValue: { Value: { 'Fn::GetAtt': ['Domain', 'DkimDNSTokenValue1'] } },
}

test('a stack of mail resources is created, updated in place, and leaves nothing', async () => {
  const { cloud, ses } = world()
  const before = cloud.inventory()
  const stack = stackIn(cloud)
  const made = await stack.deploy(resources(true, 'Hello'), outputs)
  expect([made['Set'], made['Domain']]).toEqual(['mail', 'example.com'])
  const identity = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }))
  const [token] = identity.DkimAttributes?.Tokens ?? []
  expect([made['Token'], made['TokenValue']]).toEqual([
    `${token}._domainkey.example.com`,
    `${token}.dkim.amazonses.com`,
  ])
  expect(identity).toMatchObject({
    ConfigurationSetName: 'mail',
    FeedbackForwardingStatus: false,
    MailFromAttributes: { MailFromDomain: 'bounce.example.com' },
  })
  const { EventDestinations } = await ses.send(
    new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: 'mail' }),
  )
  expect(EventDestinations).toEqual([
    {
      Name: 'bus',
      Enabled: true,
      MatchingEventTypes: ['SEND', 'RENDERING_FAILURE'],
      EventBridgeDestination: {
        EventBusArn: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
      },
    },
  ])
  const list = await ses.send(new GetContactListCommand({ ContactListName: 'readers' }))
  expect(list.Topics?.map(({ TopicName }) => TopicName)).toEqual(['news'])

  await stack.deploy(resources(false, 'Hello again'), outputs)
  const set = await ses.send(new GetConfigurationSetCommand({ ConfigurationSetName: 'mail' }))
  expect(set.SendingOptions).toEqual({ SendingEnabled: false })
  const template = await ses.send(new GetEmailTemplateCommand({ TemplateName: 'hello' }))
  expect(template.TemplateContent?.Subject).toBe('Hello again')

  await stack.destroy()
  const left = cloud.inventory().filter((arn) => !before.includes(arn) && arn.includes(':ses:'))
  expect(left).toEqual([])
})
