"""Functions of IP addresses.

Source: https://developer.hashicorp.com/terraform/language/functions/cidrsubnet
"""

from __future__ import annotations

import ipaddress
import math
import re

from iac_gym.languages.terraform.functions.registry import (
    FunctionError,
    implements,
    strings,
    whole,
)
from iac_gym.languages.terraform.types import ListValue

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F:])0+(?=[0-9])")
_MOST_NEW_BITS = 32


def network(text: str) -> Network:
    """Return the network of a prefix in CIDR notation; host bits are dropped."""
    address, slash, length = text.partition("/")
    if slash and length.isascii() and length.isdigit() and "%" not in address:
        if ":" not in address:
            address = _LEADING_ZEROS.sub("", address)  # the real tool reads them as decimal
        try:
            return ipaddress.ip_network(f"{address}/{int(length[:6])}", strict=False)
        except ValueError:
            pass
    raise FunctionError(f'"{text[:80]}" is no prefix in CIDR notation', 0)


def _integer(number: int | float, argument: int) -> int:
    if not math.isfinite(number) or number != int(number):
        raise FunctionError("a whole number is required", argument)
    return int(number)


@implements("cidrhost")
def _cidrhost(prefix: str, host: int | float) -> str:
    net = network(prefix)
    number = _integer(host, 1)
    if number < 0:
        number += net.num_addresses
    if not 0 <= number < net.num_addresses:
        raise FunctionError(f"{net} has no host {host}", 1)
    return str(net.network_address + number)


@implements("cidrnetmask")
def _cidrnetmask(prefix: str) -> str:
    net = network(prefix)
    if net.version == 6:
        raise FunctionError("an IPv6 prefix has no netmask", 0)
    return str(net.netmask)


@implements("cidrsubnet")
def _cidrsubnet(prefix: str, new_bits: int | float, number: int | float) -> str:
    bits, place = whole(new_bits, 1), _integer(number, 2)
    net = network(prefix)
    length = net.prefixlen + bits
    if not 0 <= length <= net.max_prefixlen:
        raise FunctionError(f"{bits} more bits make the prefix of {net} too long", 1)
    if place >= 1 << (bits if bits >= 0 else 64):
        raise FunctionError(f"{bits} more bits have no network of number {place}", 2)
    # negative numbers are an oddity of the real tool: the sign is lost after the bits are set
    base = abs(int(net.network_address) | (place << (net.max_prefixlen - length)))
    address = type(net.network_address)(base & ((1 << net.max_prefixlen) - 1))
    return f"{address}/{length}"


@implements("cidrsubnets")
def _cidrsubnets(prefix: str, *new_bits: int | float) -> ListValue:
    net = network(prefix)
    result = []
    position = int(net.network_address)
    end = position + net.num_addresses
    for index, number in enumerate(new_bits, 1):
        bits = whole(number, index)
        if not 1 <= bits <= _MOST_NEW_BITS:
            raise FunctionError(f"between 1 and {_MOST_NEW_BITS} bits can be added", index)
        length = net.prefixlen + bits
        if length > net.max_prefixlen:
            raise FunctionError("the prefix gets too long", index)
        size = 1 << (net.max_prefixlen - length)
        position = -(-position // size) * size
        if position + size > end:
            raise FunctionError(f"there is no room left for a prefix of {length} bits", index)
        made = ipaddress.IPv4Network if net.version == 4 else ipaddress.IPv6Network
        result.append(str(made((position, length))))
        position += size
    return strings(result)
