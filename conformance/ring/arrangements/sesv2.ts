import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateContactCommand,
  CreateContactListCommand,
  CreateCustomVerificationEmailTemplateCommand,
  CreateEmailIdentityCommand,
  CreateEmailIdentityPolicyCommand,
  CreateEmailTemplateCommand,
  PutSuppressedDestinationCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { type Cloud, client, fetchFromCloud } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

const ConfigurationSetName = 'ring'
const identityArn = 'arn:aws:ses:us-east-1:123456789012:identity/example.com'
const topicArn = 'arn:aws:sns:us-east-1:123456789012:ring'
const sender = 'ring@example.com'
const reader = 'success@simulator.amazonses.com'
export const mailNames = { ConfigurationSetName, identityArn, topicArn, sender, reader }

const destination = {
  Enabled: true,
  MatchingEventTypes: ['SEND' as const],
  SnsDestination: { TopicArn: topicArn },
}
const TemplateContent = { Subject: 'Ring', Text: 'Hello {{name}}' }
const verification = {
  FromEmailAddress: sender,
  TemplateSubject: 'Ring',
  TemplateContent: 'Is it you?',
  SuccessRedirectionURL: 'https://example.com/yes',
  FailureRedirectionURL: 'https://example.com/no',
}

export const sendingPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::123456789012:root' },
    Action: 'ses:SendEmail',
    Resource: identityArn,
  },
})

/** A verified domain with a policy, out of the sandbox; a set that tells a topic; templates; a list; who is suppressed. */
export async function arrangeMail(cloud: Cloud): Promise<void> {
  const ses = client(cloud, SESv2Client)
  await fetchFromCloud(cloud, 'https://sending-limits.us-east-1.orrery/?account=123456789012', {
    method: 'PUT',
    body: JSON.stringify({ maxSendRate: 10_000, max24HourSend: 100_000, productionAccess: true }),
  })
  await client(cloud, SNSClient).send(new CreateTopicCommand({ Name: 'ring' }))
  const EmailIdentity = 'example.com'
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity }))
  await cloud.advance({ minutes: 20 })
  const policy = { EmailIdentity, PolicyName: 'ring', Policy: sendingPolicy }
  await ses.send(new CreateEmailIdentityPolicyCommand(policy))
  const Tags = [{ Key: 'ring', Value: 'one' }]
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName, Tags }))
  await ses.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName,
      EventDestinationName: 'ring',
      EventDestination: destination,
    }),
  )
  await ses.send(new CreateEmailTemplateCommand({ TemplateName: 'ring', TemplateContent }))
  await ses.send(
    new CreateCustomVerificationEmailTemplateCommand({ TemplateName: 'ring-own', ...verification }),
  )
  const Topics = [
    { TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN' as const },
  ]
  await ses.send(new CreateContactListCommand({ ContactListName: 'ring', Topics }))
  const contact = { ContactListName: 'ring', EmailAddress: 'contact@example.org' }
  await ses.send(new CreateContactCommand(contact))
  const suppressed = { EmailAddress: 'away@example.org', Reason: 'BOUNCE' as const }
  await ses.send(new PutSuppressedDestinationCommand(suppressed))
}

export async function arrangeSesv2(cloud: Cloud): Promise<KnownValues> {
  await arrangeMail(cloud)
  const template = { TemplateName: 'ring', TemplateData: '{"name":"ring"}' }
  const send = {
    FromEmailAddress: sender,
    Destination: { ToAddresses: [reader] },
    Content: { Simple: { Subject: { Data: 'Ring' }, Body: { Text: { Data: 'Hello' } } } },
  }
  return {
    ConfigurationSetName,
    'CreateConfigurationSet.ConfigurationSetName': 'ring-new',
    EventDestinationName: 'ring',
    'CreateConfigurationSetEventDestination.EventDestinationName': 'ring-new',
    EventDestination: destination,
    'EventDestination.': destination,
    'EventDestination.SnsDestination.TopicArn': topicArn,
    'EventDestination.EventBridgeDestination.EventBusArn':
      'arn:aws:events:us-east-1:123456789012:event-bus/default',
    EmailIdentity: 'example.com',
    'CreateEmailIdentity.EmailIdentity': 'new.example.org',
    PolicyName: 'ring',
    'CreateEmailIdentityPolicy.PolicyName': 'ring-new',
    Policy: sendingPolicy,
    TemplateName: 'ring',
    'CreateEmailTemplate.TemplateName': 'ring-new',
    'CreateCustomVerificationEmailTemplate.TemplateName': 'ring-new',
    'GetCustomVerificationEmailTemplate.TemplateName': 'ring-own',
    'UpdateCustomVerificationEmailTemplate.TemplateName': 'ring-own',
    'DeleteCustomVerificationEmailTemplate.TemplateName': 'ring-own',
    'SendCustomVerificationEmail.TemplateName': 'ring-own',
    ...verification,
    'CreateEmailTemplate.TemplateContent': TemplateContent,
    'UpdateEmailTemplate.TemplateContent': TemplateContent,
    ContactListName: 'ring',
    'DeleteContactList.ContactListName': 'ring',
    EmailAddress: 'contact@example.org',
    'CreateContact.EmailAddress': 'new@example.org',
    'PutSuppressedDestination.EmailAddress': 'new@example.org',
    'GetSuppressedDestination.EmailAddress': 'away@example.org',
    'DeleteSuppressedDestination.EmailAddress': 'away@example.org',
    'TopicPreferences[].TopicName': 'news',
    AttributesData: '{}',
    ResourceArn: identityArn,
    'TagKeys[]': 'ring',
    ...Object.fromEntries(Object.entries(send).map(([name, it]) => [`SendEmail.${name}`, it])),
    'SendEmail.': send,
    'SendBulkEmail.': {
      FromEmailAddress: sender,
      DefaultContent: { Template: template },
      BulkEmailEntries: [{ Destination: send.Destination }],
    },
    'BulkEmailEntries[]': { Destination: send.Destination },
    'DefaultContent.Template': template,
    'Content.Template': template,
    'Content.Raw': { Data: Buffer.from(`From: ${sender}\r\nTo: ${reader}\r\n\r\nHello`) },
    FromEmailAddress: sender,
    FromEmailAddressIdentityArn: identityArn,
    FeedbackForwardingEmailAddress: sender,
    FeedbackForwardingEmailAddressIdentityArn: identityArn,
    'ReplyToAddresses[]': sender,
    'ToAddresses[]': reader,
    'Destination.ToAddresses[]': reader,
    'Destination.CcAddresses[]': reader,
    'Destination.BccAddresses[]': reader,
    TemplateData: '{"name":"ring"}',
  }
}
