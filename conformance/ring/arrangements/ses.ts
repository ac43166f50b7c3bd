import type { Cloud } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'
import { arrangeMail, mailNames, sendingPolicy } from './sesv2.ts'

const { ConfigurationSetName, identityArn, sender, reader, topicArn } = mailNames
const destination = {
  Name: 'ring',
  Enabled: true,
  MatchingEventTypes: ['send'],
  SNSDestination: { TopicARN: topicArn },
}
const Destination = { ToAddresses: [reader] }

/** What the other version of the API made: both have the same state. */
export async function arrangeSes(cloud: Cloud): Promise<KnownValues> {
  await arrangeMail(cloud)
  return {
    ConfigurationSetName,
    'ConfigurationSet.Name': 'ring-new',
    'CreateConfigurationSetEventDestination.EventDestination': { ...destination, Name: 'ring-new' },
    EventDestination: destination,
    'EventDestination.': destination,
    EventDestinationName: 'ring',
    'EventDestination.SNSDestination.TopicARN': topicArn,
    Identity: 'example.com',
    'Identities[]': 'example.com',
    PolicyName: 'ring',
    'PolicyNames[]': 'ring',
    Policy: sendingPolicy,
    TemplateName: 'ring',
    'CreateTemplate.Template': { TemplateName: 'ring-new', SubjectPart: 'Ring', TextPart: 'Hello' },
    'UpdateTemplate.Template': { TemplateName: 'ring', SubjectPart: 'Ring', TextPart: 'Hello' },
    'CreateCustomVerificationEmailTemplate.TemplateName': 'ring-new',
    'GetCustomVerificationEmailTemplate.TemplateName': 'ring-own',
    'UpdateCustomVerificationEmailTemplate.TemplateName': 'ring-own',
    'DeleteCustomVerificationEmailTemplate.TemplateName': 'ring-own',
    'SendCustomVerificationEmail.TemplateName': 'ring-own',
    FromEmailAddress: sender,
    TemplateSubject: 'Ring',
    TemplateContent: 'Is it you?',
    SuccessRedirectionURL: 'https://example.com/yes',
    FailureRedirectionURL: 'https://example.com/no',
    EmailAddress: 'new@example.org',
    Domain: 'new.example.org',
    MailFromDomain: 'mail.example.com',
    SnsTopic: topicArn,
    Source: sender,
    SourceArn: identityArn,
    FromArn: identityArn,
    ReturnPath: sender,
    ReturnPathArn: identityArn,
    'ReplyToAddresses[]': sender,
    'Destination.ToAddresses[]': reader,
    'Destination.CcAddresses[]': reader,
    'Destination.BccAddresses[]': reader,
    Destination,
    'Destinations[]': { Destination },
    'SendRawEmail.Destinations[]': reader,
    'SendRawEmail.RawMessage': {
      Data: Buffer.from(`From: ${sender}\r\nTo: ${reader}\r\n\r\nHello`),
    },
    Message: { Subject: { Data: 'Ring' }, Body: { Text: { Data: 'Hello' } } },
    'Message.Body': { Text: { Data: 'Hello' } },
    TrackingOptions: { CustomRedirectDomain: 'links.example.com' },
    Template: 'ring',
    TemplateData: '{"name":"ring"}',
    DefaultTemplateData: '{"name":"ring"}',
  }
}
