import {
  AssociateOpsItemRelatedItemCommand,
  CreateOpsItemCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A labelled parameter, and an OpsItem with a related item. */
export async function arrangeSsm(cloud: Cloud): Promise<KnownValues> {
  const ssm = client(cloud, SSMClient)
  await ssm.send(new PutParameterCommand({ Name: '/ring/one', Value: '1', Type: 'String' }))
  await ssm.send(new LabelParameterVersionCommand({ Name: '/ring/one', Labels: ['kept'] }))
  const { OpsItemId } = await ssm.send(
    new CreateOpsItemCommand({ Title: 'Ring', Description: 'A ring', Source: 'ring' }),
  )
  const related = {
    OpsItemId,
    AssociationType: 'RelatesTo',
    ResourceType: 'AWS::SSMIncidents::IncidentRecord',
    ResourceUri: 'arn:aws:ssm-incidents::123456789012:incident-record/ring/one',
  }
  const { AssociationId } = await ssm.send(new AssociateOpsItemRelatedItemCommand(related))
  return {
    Name: '/ring/one',
    'Names[]': '/ring/one',
    Path: '/ring',
    'PutParameter.Name': '/ring/two',
    'PutParameter.Value': 'two',
    'PutParameter.': { Name: '/ring/two', Value: 'two', Type: 'String' },
    'UnlabelParameterVersion.Labels[]': 'kept',
    'AddTagsToResource.ResourceType': 'Parameter',
    'RemoveTagsFromResource.ResourceType': 'Parameter',
    'ListTagsForResource.ResourceType': 'Parameter',
    ResourceId: '/ring/one',
    OpsItemId,
    'AssociateOpsItemRelatedItem.AssociationType': 'IsParentOf',
    'AssociateOpsItemRelatedItem.ResourceType': related.ResourceType,
    'AssociateOpsItemRelatedItem.ResourceUri':
      'arn:aws:ssm-incidents::123456789012:incident-record/ring/two',
    AssociationId,
    'ParameterFilters[].Key': 'Name',
    'ParameterFilters[].Option': 'Equals',
    'GetParametersByPath.ParameterFilters[].Key': 'Type',
    'GetParametersByPath.ParameterFilters[].Values[]': 'String',
    'OpsItemFilters[]': { Key: 'Status', Values: ['Open'], Operator: 'Equal' },
  }
}
