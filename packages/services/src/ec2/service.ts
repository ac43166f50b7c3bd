import { service } from '../define.ts'
import { allocateAddress, describeAddresses, releaseAddress } from './addresses.ts'
import { eipType, natGatewayType } from './cloudformation/addresses.ts'
import {
  internetGatewayType,
  routeTableType,
  routeType,
  subnetRouteTableAssociationType,
  vpcGatewayAttachmentType,
} from './cloudformation/routing.ts'
import {
  securityGroupEgressType,
  securityGroupIngressType,
  securityGroupType,
} from './cloudformation/security-groups.ts'
import { subnetType, vpcType } from './cloudformation/vpcs.ts'
import { invalidInput, unauthorized } from './errors.ts'
import { ec2Arn } from './ids.ts'
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  describeInternetGateways,
  detachInternetGateway,
} from './internet-gateways.ts'
import {
  becomeAvailable,
  createNatGateway,
  deleteNatGateway,
  describeNatGateways,
  finishDeleting,
  forgetNatGateway,
} from './nat-gateways.ts'
import {
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaces,
} from './network-interfaces.ts'
import { describeAvailabilityZones, describeRegions } from './regions.ts'
import {
  associateRouteTable,
  createRouteTable,
  deleteRouteTable,
  describeRouteTables,
  disassociateRouteTable,
  replaceRouteTableAssociation,
} from './route-tables.ts'
import { createRoute, deleteRoute, replaceRoute } from './routes.ts'
import {
  createSecurityGroup,
  deleteSecurityGroup,
  describeSecurityGroups,
} from './security-groups.ts'
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  describeSecurityGroupRules,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
} from './security-rules.ts'
import {
  addresses,
  internetGateways,
  natGateways,
  networkInterfaces,
  preparedRegions,
  publicAddresses,
  routeAssociations,
  routeTables,
  securityGroups,
  securityRules,
  subnets,
  tagSets,
  vpcs,
} from './state.ts'
import { createSubnet, deleteSubnet, describeSubnets, modifySubnetAttribute } from './subnets.ts'
import { createTags, deleteTags, describeTags } from './tags.ts'
import {
  createVpc,
  deleteVpc,
  describeVpcAttribute,
  describeVpcs,
  modifyVpcAttribute,
} from './vpcs.ts'

/** Of EC2, what the resources of other services name: networks and their parts, as records. */
export const ec2 = service('ec2', {
  operations: [
    createVpc,
    deleteVpc,
    describeVpcs,
    modifyVpcAttribute,
    describeVpcAttribute,
    createSubnet,
    deleteSubnet,
    describeSubnets,
    modifySubnetAttribute,
    createSecurityGroup,
    deleteSecurityGroup,
    describeSecurityGroups,
    authorizeSecurityGroupIngress,
    authorizeSecurityGroupEgress,
    revokeSecurityGroupIngress,
    revokeSecurityGroupEgress,
    describeSecurityGroupRules,
    createInternetGateway,
    deleteInternetGateway,
    attachInternetGateway,
    detachInternetGateway,
    describeInternetGateways,
    createRouteTable,
    deleteRouteTable,
    describeRouteTables,
    associateRouteTable,
    disassociateRouteTable,
    replaceRouteTableAssociation,
    createRoute,
    replaceRoute,
    deleteRoute,
    allocateAddress,
    releaseAddress,
    describeAddresses,
    createNatGateway,
    deleteNatGateway,
    describeNatGateways,
    createNetworkInterface,
    deleteNetworkInterface,
    describeNetworkInterfaces,
    describeAvailabilityZones,
    describeRegions,
    createTags,
    deleteTags,
    describeTags,
  ],
  tasks: [becomeAvailable, finishDeleting, forgetNatGateway],
  resources: [
    vpcType,
    subnetType,
    securityGroupType,
    securityGroupIngressType,
    securityGroupEgressType,
    internetGatewayType,
    vpcGatewayAttachmentType,
    routeTableType,
    routeType,
    subnetRouteTableAssociationType,
    eipType,
    natGatewayType,
  ],
  tables: [
    vpcs,
    subnets,
    securityGroups,
    securityRules,
    internetGateways,
    routeTables,
    routeAssociations,
    addresses,
    publicAddresses,
    natGateways,
    networkInterfaces,
    tagSets,
    preparedRegions,
  ],
  errors: { accessDenied: unauthorized, invalidInput },
  *taggedResources(ctx) {
    for (const { id, type, tags } of tagSets.scan(ctx)) {
      const own = Object.fromEntries(tags.map(({ key, value }) => [key, value]))
      yield { arn: ec2Arn(ctx, type, id), tags: own }
    }
  },
})
