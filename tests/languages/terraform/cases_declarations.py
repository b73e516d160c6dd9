"""Declarations of variables, outputs and resources, as `terraform validate` 1.11.4 judges."""

from __future__ import annotations

TEXT = """
=== unique-variable | unique-names
variable "a" {}
variable "a" {}
=== unique-output | unique-names
output "a" { value = 1 }
output "a" { value = 1 }
=== unique-local | unique-names
locals { a = 1 }
locals { a = 2 }
=== unique-resource | unique-names
resource "terraform_data" "a" {}
resource "terraform_data" "a" {}
=== unique-data | unique-names
data "terraform_remote_state" "a" { backend = "local" }
data "terraform_remote_state" "a" { backend = "local" }
=== unique-module | unique-names
--- main.tf
module "a" { source = "./a" }
module "a" { source = "./a" }
--- a/main.tf
=== unique-check | unique-names
variable "v" {}
check "a" {
  assert {
    condition     = var.v
    error_message = "x"
  }
}
check "a" {
  assert {
    condition     = var.v
    error_message = "x"
  }
}
=== unique-check-data | unique-names
data "terraform_remote_state" "a" { backend = "local" }
check "a" {
  data "terraform_remote_state" "a" { backend = "local" }
  assert {
    condition     = data.terraform_remote_state.a.outputs.x
    error_message = "x"
  }
}
=== same-name-other-kind |
resource "terraform_data" "a" {}
resource "terraform_data" "b" {}
variable "a" {}
output "a" { value = 1 }
locals { a = 1 }
=== unique-across-files | unique-names
--- a.tf
variable "a" {}
--- b.tf
variable "a" {}
=== override-file |
--- a.tf
variable "a" {}
--- a_override.tf
variable "a" { default = 1 }
=== variable-plain |
variable "a" {}
=== variable-types |
variable "a" { type = string }
variable "b" { type = number }
variable "c" { type = bool }
variable "d" { type = any }
variable "e" { type = list(string) }
variable "f" { type = set(number) }
variable "g" { type = map(list(any)) }
variable "h" {
  type = object({
    x = string
    y = optional(number)
    z = optional(list(string), ["a"])
  })
}
variable "i" { type = tuple([string, number]) }
variable "j" { type = list }
variable "k" { type = map }
=== variable-type-unknown | variable-type
variable "a" { type = strng }
=== variable-type-quoted | variable-type
variable "a" { type = "string" }
=== variable-type-quoted-list | variable-type
variable "a" { type = "list" }
=== variable-type-quoted-other | variable-type
variable "a" { type = "list(string)" }
=== variable-type-set-bare | variable-type
variable "a" { type = set }
=== variable-type-object-bare | variable-type
variable "a" { type = object }
=== variable-type-object-list | variable-type
variable "a" { type = object([string]) }
=== variable-type-list-two | variable-type
variable "a" { type = list(string, number) }
=== variable-type-optional-outside | variable-type
variable "a" { type = optional(string) }
=== variable-type-optional-default-wrong | variable-type
variable "a" { type = object({ x = optional(number, "x") }) }
=== variable-type-reference | variable-type
variable "a" { type = var.b }
=== variable-type-number-literal | variable-type
variable "a" { type = 5 }
=== variable-type-list-of-unknown | variable-type
variable "a" { type = list(strings) }
=== variable-type-empty-call | variable-type
variable "a" { type = list() }
=== variable-default-string |
variable "a" {
  type    = string
  default = 5
}
=== variable-default-number-text |
variable "a" {
  type    = number
  default = "5"
}
=== variable-default-number-bad | variable-default
variable "a" {
  type    = number
  default = "five"
}
=== variable-default-bool-text |
variable "a" {
  type    = bool
  default = "true"
}
=== variable-default-bool-bad | variable-default
variable "a" {
  type    = bool
  default = "yes"
}
=== variable-default-bool-number | variable-default
variable "a" {
  type    = bool
  default = 1
}
=== variable-default-list-of-string | variable-default
variable "a" {
  type    = list(string)
  default = "x"
}
=== variable-default-list-ok |
variable "a" {
  type    = list(string)
  default = ["x", 1, true]
}
=== variable-default-list-nested | variable-default
variable "a" {
  type    = list(string)
  default = [["x"]]
}
=== variable-default-map-of-list | variable-default
variable "a" {
  type    = map(string)
  default = ["x"]
}
=== variable-default-object-missing | variable-default
variable "a" {
  type    = object({ x = string, y = string })
  default = { x = "1" }
}
=== variable-default-object-optional |
variable "a" {
  type    = object({ x = string, y = optional(string) })
  default = { x = "1" }
}
=== variable-default-object-extra |
variable "a" {
  type    = object({ x = string })
  default = { x = "1", z = 2 }
}
=== variable-default-tuple-length | variable-default
variable "a" {
  type    = tuple([string, string])
  default = ["x"]
}
=== variable-default-set |
variable "a" {
  type    = set(string)
  default = ["x", "x"]
}
=== variable-default-null |
variable "a" {
  type    = string
  default = null
}
=== variable-default-null-not-nullable | variable-default
variable "a" {
  default  = null
  nullable = false
}
=== variable-nullable-without-default |
variable "a" { nullable = false }
=== variable-default-reference | expression
variable "b" {}
variable "a" { default = var.b }
=== variable-default-local | expression
locals { x = 1 }
variable "a" { default = local.x }
=== variable-default-function | expression
variable "a" { default = upper("x") }
=== variable-default-arithmetic |
variable "a" { default = 60 * 60 }
=== variable-default-template | expression
variable "a" { default = "x${var.b}" }
=== variable-default-for |
variable "a" { default = [for x in ["a"] : x] }
=== variable-default-conditional |
variable "a" { default = true ? 1 : 2 }
=== variable-default-bad-operation | expression
variable "a" { default = 1 + "x" }
=== variable-default-any-list |
variable "a" {
  type    = list(any)
  default = ["x", 1]
}
=== variable-default-any-list-mixed | variable-default
variable "a" {
  type    = list(any)
  default = ["x", { y = 1 }]
}
=== variable-description-reference | expression
variable "b" {}
variable "a" { description = var.b }
=== variable-description-number |
variable "a" { description = 5 }
=== variable-sensitive-text |
variable "a" { sensitive = "true" }
=== variable-sensitive-bad | argument-type
variable "a" { sensitive = "yes" }
=== variable-sensitive-reference | expression
variable "b" {}
variable "a" { sensitive = var.b }
=== variable-nullable-bad | argument-type
variable "a" { nullable = [] }
=== variable-sensitive-null | argument-type
variable "a" { sensitive = null }
=== variable-validation |
variable "a" {
  validation {
    condition     = length(var.a) > 3
    error_message = "Too short."
  }
}
=== variable-validation-other-reference |
variable "b" {}
variable "a" {
  validation {
    condition     = var.a != var.b
    error_message = "same ${var.b}"
  }
}
=== variable-validation-without-own | condition-reference
variable "b" {}
variable "a" {
  validation {
    condition     = var.b
    error_message = "x"
  }
}
=== variable-validation-constant | condition-reference
variable "a" {
  validation {
    condition     = true
    error_message = "x"
  }
}
=== variable-validation-undeclared | undeclared-reference
variable "a" {
  validation {
    condition     = var.a != var.nope
    error_message = "x"
  }
}
=== variable-validation-local |
locals { allowed = ["x"] }
variable "a" {
  validation {
    condition     = contains(local.allowed, var.a)
    error_message = "x"
  }
}
=== variable-validation-resource |
resource "terraform_data" "r" {}
variable "a" {
  validation {
    condition     = var.a != terraform_data.r.id
    error_message = "x"
  }
}
=== variable-validation-each | reference-context
variable "a" {
  validation {
    condition     = var.a != each.key
    error_message = "x"
  }
}
=== variable-validation-message-undeclared | undeclared-reference
variable "a" {
  validation {
    condition     = var.a != ""
    error_message = "x ${var.nope}"
  }
}
=== variable-validation-message-short |
variable "a" {
  validation {
    condition     = var.a != ""
    error_message = "x"
  }
}
=== variable-validation-message-empty |
variable "a" {
  validation {
    condition     = var.a != ""
    error_message = ""
  }
}
=== variable-validation-message-list |
variable "a" {
  validation {
    condition     = var.a != ""
    error_message = ["x"]
  }
}
=== variable-validation-condition-number |
variable "a" {
  validation {
    condition     = length(var.a)
    error_message = "x"
  }
}
=== variable-validation-condition-type-error | expression
variable "a" {
  type = string
  validation {
    condition     = var.a.b
    error_message = "x"
  }
}
=== variable-validation-default-fails |
variable "a" {
  type    = string
  default = "x"
  validation {
    condition     = length(var.a) > 3
    error_message = "x"
  }
}
=== variable-validation-known-false |
variable "a" {
  validation {
    condition     = var.a == "" && false
    error_message = "x"
  }
}
=== variable-validation-known-string | condition-holds
variable "a" {
  validation {
    condition     = true ? "abc" : var.a
    error_message = "x"
  }
}
=== variable-validation-circular | dependency-cycle
variable "a" {
  validation {
    condition     = var.a != var.b
    error_message = "x"
  }
}
variable "b" {
  validation {
    condition     = var.a != var.b
    error_message = "x"
  }
}
=== variable-reserved-name | block-labels
variable "count" {}
=== variable-reserved-source | block-labels
variable "source" {}
=== variable-reserved-provider | block-labels
variable "provider" {}
=== variable-reserved-lifecycle | block-labels
variable "lifecycle" {}
=== variable-reserved-locals | block-labels
variable "locals" {}
=== variable-reserved-underscore | block-labels
variable "_" {}
=== variable-reserved-providers | block-labels
variable "providers" {}
=== variable-named-type |
variable "type" {}
=== variable-ephemeral-output | ephemeral-value
variable "a" { ephemeral = true }
output "o" { value = var.a }
=== variable-ephemeral-resource | ephemeral-value
variable "a" { ephemeral = true }
resource "terraform_data" "r" { input = var.a }
=== variable-ephemeral-local |
variable "a" { ephemeral = true }
locals { b = var.a }
=== variable-ephemeral-as-null |
variable "a" { ephemeral = true }
output "o" { value = ephemeralasnull(var.a) }
=== variable-ephemeral-count | repetition
variable "a" {
  type      = number
  ephemeral = true
}
resource "terraform_data" "r" { count = var.a }
=== variable-ephemeral-for-each | repetition
variable "a" {
  type      = set(string)
  ephemeral = true
}
resource "terraform_data" "r" { for_each = var.a }
=== output-value-error | expression
output "o" { value = 1 + "a" }
=== output-sensitive-variable | output-sensitive
variable "a" { sensitive = true }
output "o" { value = var.a }
=== output-sensitive-variable-marked |
variable "a" { sensitive = true }
output "o" {
  value     = var.a
  sensitive = true
}
=== output-sensitive-false | output-sensitive
variable "a" { sensitive = true }
output "o" {
  value     = var.a
  sensitive = false
}
=== output-sensitive-template | output-sensitive
variable "a" { sensitive = true }
output "o" { value = "x-${var.a}" }
=== output-sensitive-in-object | output-sensitive
variable "a" { sensitive = true }
output "o" { value = { x = var.a } }
=== output-sensitive-in-list | output-sensitive
variable "a" { sensitive = true }
output "o" { value = ["b", var.a] }
=== output-sensitive-by-local | output-sensitive
variable "a" { sensitive = true }
locals { b = "x${var.a}" }
output "o" { value = local.b }
=== output-sensitive-function | output-sensitive
output "o" { value = sensitive("x") }
=== output-nonsensitive |
variable "a" { sensitive = true }
output "o" { value = nonsensitive(var.a) }
=== output-issensitive |
variable "a" { sensitive = true }
output "o" { value = issensitive(var.a) }
=== output-sensitive-length | output-sensitive
variable "a" {
  type      = string
  sensitive = true
}
output "o" { value = length(var.a) }
=== output-sensitive-list-length |
variable "a" { sensitive = true }
output "o" { value = length([var.a]) }
=== output-sensitive-comparison | output-sensitive
variable "a" { sensitive = true }
output "o" { value = var.a == "x" }
=== output-sensitive-condition | output-sensitive
variable "a" {
  type      = bool
  sensitive = true
}
output "o" { value = var.a ? 1 : 2 }
=== output-sensitive-unchosen-branch | output-sensitive
variable "a" { sensitive = true }
output "o" { value = true ? 1 : var.a }
=== output-sensitive-chosen-branch | output-sensitive
variable "a" { sensitive = true }
output "o" { value = true ? var.a : 1 }
=== output-sensitive-unknown-branch | output-sensitive
variable "a" {
  type      = string
  sensitive = true
}
variable "c" { type = bool }
output "o" { value = var.c ? var.a : "x" }
=== output-sensitive-other-attribute |
variable "a" { sensitive = true }
locals { o = { x = var.a, y = 1 } }
output "o" { value = local.o.y }
=== output-sensitive-own-attribute | output-sensitive
variable "a" { sensitive = true }
locals { o = { x = var.a, y = 1 } }
output "o" { value = local.o.x }
=== output-sensitive-resource-attribute |
variable "a" { sensitive = true }
resource "terraform_data" "r" { input = var.a }
output "o" { value = terraform_data.r.output }
=== output-sensitive-keys |
variable "a" { sensitive = true }
output "o" { value = keys({ x = var.a }) }
=== output-sensitive-values | output-sensitive
variable "a" { sensitive = true }
output "o" { value = values({ x = var.a }) }
=== output-sensitive-for | output-sensitive
variable "a" {
  type      = list(string)
  sensitive = true
}
output "o" { value = [for x in var.a : 1] }
=== output-sensitive-for-values |
variable "a" { sensitive = true }
output "o" { value = [for x in [var.a] : 1] }
=== output-sensitive-merge | output-sensitive
variable "a" { sensitive = true }
output "o" { value = merge({ x = 1 }, { y = var.a }) }
=== output-sensitive-concat | output-sensitive
variable "a" { sensitive = true }
output "o" { value = concat(["x"], [var.a]) }
=== output-sensitive-jsonencode | output-sensitive
variable "a" { sensitive = true }
output "o" { value = jsonencode({ x = var.a }) }
=== output-sensitive-splat | output-sensitive
variable "a" { sensitive = true }
output "o" { value = var.a[*] }
=== output-sensitive-module-output |
--- main.tf
module "m" { source = "./m" }
output "o" { value = module.m.s }
--- m/main.tf
output "s" {
  value     = "x"
  sensitive = true
}
=== output-sensitive-in-child |
--- main.tf
module "m" {
  source = "./m"
  a      = "x"
}
--- m/main.tf
variable "a" { sensitive = true }
output "s" { value = var.a }
=== output-sensitive-coalesce | output-sensitive
variable "a" { sensitive = true }
output "o" { value = coalesce("x", var.a) }
=== output-sensitive-lookup |
variable "a" { sensitive = true }
output "o" { value = lookup({ x = var.a, y = "b" }, "y", "c") }
=== output-sensitive-try |
variable "a" { sensitive = true }
output "o" { value = try(var.a, "x") }
=== output-sensitive-try-second |
variable "a" { sensitive = true }
output "o" { value = try("x", var.a) }
=== output-sensitive-can |
variable "a" { sensitive = true }
output "o" { value = can(var.a) }
=== output-sensitive-null-or |
variable "a" {
  type      = bool
  sensitive = true
}
output "o" { value = false && var.a }
=== output-sensitive-type-error | argument-type
output "o" {
  value     = 1
  sensitive = "maybe"
}
=== output-sensitive-reference | expression
variable "a" {}
output "o" {
  value     = 1
  sensitive = var.a
}
=== output-ephemeral-root | ephemeral-value
output "o" {
  value     = 1
  ephemeral = true
}
=== output-depends-on |
resource "terraform_data" "a" {}
output "o" {
  value      = 1
  depends_on = [terraform_data.a]
}
=== output-depends-on-undeclared | undeclared-reference
output "o" {
  value      = 1
  depends_on = [terraform_data.a]
}
=== output-precondition |
variable "a" {}
output "o" {
  value = 1
  precondition {
    condition     = var.a
    error_message = "x"
  }
}
=== output-precondition-false |
variable "a" {}
output "o" {
  value = 1
  precondition {
    condition     = false && var.a
    error_message = "x"
  }
}
=== output-precondition-constant | condition-reference
output "o" {
  value = 1
  precondition {
    condition     = true
    error_message = "x"
  }
}
=== output-precondition-not-bool | condition-holds
locals { x = "abc" }
output "o" {
  value = 1
  precondition {
    condition     = local.x
    error_message = "x"
  }
}
=== output-precondition-message-null | condition-holds
variable "a" {}
output "o" {
  value = 1
  precondition {
    condition     = var.a
    error_message = null
  }
}
=== output-precondition-message-list | condition-holds
variable "a" {}
output "o" {
  value = 1
  precondition {
    condition     = var.a
    error_message = ["x"]
  }
}
=== output-postcondition | unsupported-block
variable "a" {}
output "o" {
  value = 1
  postcondition {
    condition     = var.a
    error_message = "x"
  }
}
=== count-number |
resource "terraform_data" "a" { count = 2 }
=== count-zero |
resource "terraform_data" "a" { count = 0 }
=== count-text |
resource "terraform_data" "a" { count = "2" }
=== count-word | argument-type
resource "terraform_data" "a" { count = "two" }
=== count-bool | argument-type
resource "terraform_data" "a" { count = true }
=== count-negative | repetition
resource "terraform_data" "a" { count = -1 }
=== count-fraction | repetition
resource "terraform_data" "a" { count = 1.5 }
=== count-null | repetition
resource "terraform_data" "a" { count = null }
=== count-list | argument-type
resource "terraform_data" "a" { count = ["x"] }
=== count-unknown |
variable "n" {}
resource "terraform_data" "a" { count = var.n }
=== count-bool-variable | argument-type
variable "n" { type = bool }
resource "terraform_data" "a" { count = var.n }
=== count-list-variable | argument-type
variable "n" { type = list(string) }
resource "terraform_data" "a" { count = var.n }
=== count-string-variable |
variable "n" { type = string }
resource "terraform_data" "a" { count = var.n }
=== count-conditional |
variable "n" { type = bool }
resource "terraform_data" "a" { count = var.n ? 1 : 0 }
=== count-sensitive |
variable "n" {
  type      = number
  sensitive = true
}
resource "terraform_data" "a" { count = var.n }
=== count-resource-attribute |
resource "terraform_data" "b" {}
resource "terraform_data" "a" { count = terraform_data.b.output }
=== count-length |
resource "terraform_data" "a" { count = length(["a", "b"]) }
=== count-huge |
resource "terraform_data" "a" { count = 100000000 }
=== count-too-huge | count-value
resource "terraform_data" "a" { count = 99999999999999999999999 }
=== count-data | argument-type
data "terraform_remote_state" "a" {
  count   = "x"
  backend = "local"
}
=== for-each-set |
resource "terraform_data" "a" { for_each = toset(["a"]) }
=== for-each-map |
resource "terraform_data" "a" { for_each = { a = 1 } }
=== for-each-object-mixed |
resource "terraform_data" "a" { for_each = { a = 1, b = [] } }
=== for-each-empty |
resource "terraform_data" "a" { for_each = {} }
=== for-each-empty-set |
resource "terraform_data" "a" { for_each = toset([]) }
=== for-each-tuple | repetition
resource "terraform_data" "a" { for_each = ["a"] }
=== for-each-empty-tuple | repetition
resource "terraform_data" "a" { for_each = [] }
=== for-each-string | repetition
resource "terraform_data" "a" { for_each = "a" }
=== for-each-number | repetition
resource "terraform_data" "a" { for_each = 2 }
=== for-each-null | repetition
resource "terraform_data" "a" { for_each = null }
=== for-each-list-variable | repetition
variable "l" { type = list(string) }
resource "terraform_data" "a" { for_each = var.l }
=== for-each-set-variable |
variable "l" { type = set(string) }
resource "terraform_data" "a" { for_each = var.l }
=== for-each-set-of-number-variable |
variable "l" { type = set(number) }
resource "terraform_data" "a" { for_each = var.l }
=== for-each-set-of-number | repetition
resource "terraform_data" "a" { for_each = toset([1, 2]) }
=== for-each-set-of-object | repetition
resource "terraform_data" "a" { for_each = toset([{ a = 1 }]) }
=== for-each-set-with-null | repetition
resource "terraform_data" "a" { for_each = toset(["a", null]) }
=== for-each-untyped-variable |
variable "l" {}
resource "terraform_data" "a" { for_each = var.l }
=== for-each-map-variable |
variable "l" { type = map(object({ x = string })) }
resource "terraform_data" "a" { for_each = var.l }
=== for-each-sensitive | repetition
variable "l" {
  type      = set(string)
  sensitive = true
}
resource "terraform_data" "a" { for_each = var.l }
=== for-each-sensitive-values |
variable "s" { sensitive = true }
resource "terraform_data" "a" { for_each = { x = var.s } }
=== for-each-sensitive-function | repetition
resource "terraform_data" "a" { for_each = sensitive(toset(["a"])) }
=== for-each-nonsensitive |
variable "l" {
  type      = set(string)
  sensitive = true
}
resource "terraform_data" "a" { for_each = nonsensitive(var.l) }
=== for-each-sensitive-set-element | repetition
variable "s" {
  type      = string
  sensitive = true
}
resource "terraform_data" "a" { for_each = toset([var.s]) }
=== for-each-resource |
resource "terraform_data" "b" { for_each = toset(["a"]) }
resource "terraform_data" "a" { for_each = terraform_data.b }
=== for-each-resource-counted |
resource "terraform_data" "b" { count = 2 }
resource "terraform_data" "a" { for_each = terraform_data.b }
=== for-each-local-list | repetition
locals { l = ["a", "b"] }
resource "terraform_data" "a" { for_each = local.l }
=== for-each-for-object |
resource "terraform_data" "a" { for_each = { for x in ["a"] : x => x } }
=== for-each-for-list | repetition
resource "terraform_data" "a" { for_each = [for x in ["a"] : x] }
=== for-each-toset-unknown |
variable "l" {}
resource "terraform_data" "a" { for_each = toset(var.l) }
=== for-each-conditional |
variable "c" { type = bool }
resource "terraform_data" "a" { for_each = var.c ? toset(["a"]) : toset([]) }
=== for-each-conditional-tuples | repetition
variable "c" { type = bool }
resource "terraform_data" "a" { for_each = var.c ? ["a"] : [] }
=== for-each-tomap |
resource "terraform_data" "a" { for_each = tomap({ a = "b" }) }
=== for-each-bool | repetition
resource "terraform_data" "a" { for_each = true }
=== count-and-for-each | repetition
resource "terraform_data" "a" {
  count    = 1
  for_each = toset(["a"])
}
=== count-and-for-each-module | repetition
--- main.tf
module "a" {
  source   = "./a"
  count    = 1
  for_each = toset(["a"])
}
--- a/main.tf
=== count-and-for-each-data | repetition
data "terraform_remote_state" "a" {
  count    = 1
  for_each = toset(["a"])
  backend  = "local"
}
=== depends-on-resource |
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = [terraform_data.b] }
=== depends-on-quoted |
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = ["terraform_data.b"] }
=== depends-on-quoted-undeclared | undeclared-reference
resource "terraform_data" "a" { depends_on = ["terraform_data.b"] }
=== depends-on-quoted-bad | depends-on
resource "terraform_data" "a" { depends_on = ["terraform data"] }
=== depends-on-quoted-empty | depends-on
resource "terraform_data" "a" { depends_on = [""] }
=== depends-on-not-list | depends-on
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = terraform_data.b }
=== depends-on-attribute | depends-on
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = [terraform_data.b.id] }
=== depends-on-instance |
resource "terraform_data" "b" { count = 2 }
resource "terraform_data" "a" { depends_on = [terraform_data.b[0]] }
=== depends-on-counted-whole |
resource "terraform_data" "b" { count = 2 }
resource "terraform_data" "a" { depends_on = [terraform_data.b] }
=== depends-on-unexpected-index | instance-key
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = [terraform_data.b[0]] }
=== depends-on-data |
data "terraform_remote_state" "b" { backend = "local" }
resource "terraform_data" "a" { depends_on = [data.terraform_remote_state.b] }
=== depends-on-variable |
variable "v" {}
resource "terraform_data" "a" { depends_on = [var.v] }
=== depends-on-local |
locals { v = 1 }
resource "terraform_data" "a" { depends_on = [local.v] }
=== depends-on-module |
--- main.tf
module "m" { source = "./m" }
resource "terraform_data" "a" { depends_on = [module.m] }
--- m/main.tf
=== depends-on-module-output |
--- main.tf
module "m" { source = "./m" }
resource "terraform_data" "a" { depends_on = [module.m.x] }
--- m/main.tf
output "x" { value = 1 }
=== depends-on-module-output-unknown |
--- main.tf
module "m" { source = "./m" }
resource "terraform_data" "a" { depends_on = [module.m.y] }
--- m/main.tf
output "x" { value = 1 }
=== depends-on-module-undeclared | undeclared-reference
resource "terraform_data" "a" { depends_on = [module.m] }
=== depends-on-function | depends-on
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = concat([terraform_data.b]) }
=== depends-on-conditional | depends-on
variable "c" {}
resource "terraform_data" "b" {}
resource "terraform_data" "a" { depends_on = [var.c ? terraform_data.b : null] }
=== depends-on-splat | depends-on
resource "terraform_data" "b" { count = 1 }
resource "terraform_data" "a" { depends_on = [terraform_data.b[*]] }
=== depends-on-literal | depends-on
resource "terraform_data" "a" { depends_on = [1] }
=== depends-on-empty |
resource "terraform_data" "a" { depends_on = [] }
=== depends-on-bare-word | invalid-reference
resource "terraform_data" "a" { depends_on = [foo] }
=== depends-on-computed-index | depends-on
variable "i" {}
resource "terraform_data" "b" { count = 1 }
resource "terraform_data" "a" { depends_on = [terraform_data.b[var.i]] }
=== depends-on-path |
resource "terraform_data" "a" { depends_on = [path.module] }
=== depends-on-self |
resource "terraform_data" "a" { depends_on = [terraform_data.a] }
=== depends-on-undeclared | undeclared-reference
resource "terraform_data" "a" { depends_on = [terraform_data.nope] }
=== depends-on-module-call |
--- main.tf
resource "terraform_data" "a" {}
module "m" {
  source     = "./m"
  depends_on = [terraform_data.a]
}
--- m/main.tf
=== depends-on-module-call-undeclared | undeclared-reference
--- main.tf
module "m" {
  source     = "./m"
  depends_on = [terraform_data.a]
}
--- m/main.tf
=== lifecycle-all |
resource "terraform_data" "a" {
  lifecycle {
    create_before_destroy = true
    prevent_destroy       = false
    ignore_changes        = [input, triggers_replace]
  }
}
=== lifecycle-ignore-all |
resource "terraform_data" "a" {
  lifecycle { ignore_changes = all }
}
=== lifecycle-ignore-quoted |
resource "terraform_data" "a" {
  lifecycle { ignore_changes = ["input"] }
}
=== lifecycle-ignore-star | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = ["*"] }
}
=== lifecycle-ignore-all-list | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [all] }
}
=== lifecycle-ignore-unknown | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [nope] }
}
=== lifecycle-ignore-unknown-quoted | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = ["nope"] }
}
=== lifecycle-ignore-deep |
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [input.x, input["y"], input[0].z] }
}
=== lifecycle-ignore-computed |
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [id, output] }
}
=== lifecycle-ignore-own-address | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [terraform_data.a.input] }
}
=== lifecycle-ignore-string-deep | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [id.x] }
}
=== lifecycle-ignore-not-list | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = input }
}
=== lifecycle-ignore-call | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [upper("x")] }
}
=== lifecycle-ignore-number | ignored-attribute
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [1] }
}
=== lifecycle-ignore-empty |
resource "terraform_data" "a" {
  lifecycle { ignore_changes = [] }
}
=== lifecycle-cbd-variable | expression
variable "x" {}
resource "terraform_data" "a" {
  lifecycle { create_before_destroy = var.x }
}
=== lifecycle-cbd-text |
resource "terraform_data" "a" {
  lifecycle { create_before_destroy = "true" }
}
=== lifecycle-cbd-bad | argument-type
resource "terraform_data" "a" {
  lifecycle { create_before_destroy = "yes" }
}
=== lifecycle-prevent-number | argument-type
resource "terraform_data" "a" {
  lifecycle { prevent_destroy = 1 }
}
=== lifecycle-prevent-function | expression
resource "terraform_data" "a" {
  lifecycle { prevent_destroy = tobool("true") }
}
=== lifecycle-replace |
resource "terraform_data" "b" {}
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [terraform_data.b, terraform_data.b.id] }
}
=== lifecycle-replace-undeclared |
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [terraform_data.nope] }
}
=== lifecycle-replace-attribute-unknown |
resource "terraform_data" "b" {}
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [terraform_data.b.nope] }
}
=== lifecycle-replace-variable | replacement-trigger
variable "x" {}
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [var.x] }
}
=== lifecycle-replace-local | replacement-trigger
locals { x = 1 }
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [local.x] }
}
=== lifecycle-replace-not-list | replacement-trigger
resource "terraform_data" "b" {}
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = terraform_data.b }
}
=== lifecycle-replace-literal | invalid-reference
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = ["x"] }
}
=== lifecycle-replace-two | replacement-trigger
resource "terraform_data" "b" {}
resource "terraform_data" "c" {}
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [[terraform_data.b, terraform_data.c]] }
}
=== lifecycle-replace-index |
resource "terraform_data" "b" { count = 2 }
resource "terraform_data" "a" {
  count = 2
  lifecycle { replace_triggered_by = [terraform_data.b[count.index]] }
}
=== lifecycle-replace-each-value | replacement-trigger
resource "terraform_data" "b" { for_each = toset(["x"]) }
resource "terraform_data" "a" {
  for_each = toset(["x"])
  lifecycle { replace_triggered_by = [terraform_data.b[each.value]] }
}
=== lifecycle-replace-bare-word | invalid-reference
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [foo] }
}
=== lifecycle-duplicate | block-count
resource "terraform_data" "a" {
  lifecycle { prevent_destroy = true }
  lifecycle { prevent_destroy = true }
}
=== lifecycle-data | unsupported-argument
data "terraform_remote_state" "a" {
  backend = "local"
  lifecycle { create_before_destroy = true }
}
=== lifecycle-data-postcondition |
data "terraform_remote_state" "a" {
  backend = "local"
  lifecycle {
    postcondition {
      condition     = self.outputs.x != ""
      error_message = "x"
    }
  }
}
=== condition-constant | condition-reference
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = true
      error_message = "x"
    }
  }
}
=== condition-only-function | condition-reference
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = 1 == length("a")
      error_message = "x"
    }
  }
}
=== condition-for-names-only | condition-reference
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = alltrue([for x in [true] : x])
      error_message = "x"
    }
  }
}
=== condition-not-bool |
variable "v" {}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = [var.v]
      error_message = "x"
    }
  }
}
=== condition-known-false |
locals { f = false }
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = local.f
      error_message = "x"
    }
  }
}
=== condition-error | expression
locals { f = "a" }
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = local.f + 1 > 2
      error_message = "x"
    }
  }
}
=== condition-undeclared | undeclared-reference
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.nope
      error_message = "x"
    }
  }
}
=== condition-message-undeclared | undeclared-reference
variable "v" {}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.v
      error_message = var.nope
    }
  }
}
=== condition-message-error | expression
variable "v" {}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.v
      error_message = 1 + "x"
    }
  }
}
=== condition-path-only |
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = path.module != ""
      error_message = "x"
    }
  }
}
=== check-plain |
variable "v" {}
check "a" {
  assert {
    condition     = var.v
    error_message = "x"
  }
}
=== check-without-assert | block-count
check "a" {}
=== check-constant | condition-reference
check "a" {
  assert {
    condition     = true
    error_message = "x"
  }
}
=== check-condition-error |
locals { x = "a" }
check "a" {
  assert {
    condition     = local.x + 1 > 2
    error_message = "x"
  }
}
=== check-condition-undeclared | undeclared-reference
check "a" {
  assert {
    condition     = var.nope
    error_message = "x"
  }
}
=== check-message-null | condition-holds
variable "v" {}
check "a" {
  assert {
    condition     = var.v
    error_message = null
  }
}
=== check-message-error | expression
variable "v" {}
check "a" {
  assert {
    condition     = var.v
    error_message = 1 + "x"
  }
}
=== check-data |
check "a" {
  data "terraform_remote_state" "x" { backend = "local" }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
=== check-data-outside | reference-context
check "a" {
  data "terraform_remote_state" "x" { backend = "local" }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
output "o" { value = data.terraform_remote_state.x.outputs }
=== check-data-other-check | reference-context
check "a" {
  data "terraform_remote_state" "x" { backend = "local" }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
check "b" {
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
=== check-data-two | block-count
check "a" {
  data "terraform_remote_state" "x" { backend = "local" }
  data "terraform_remote_state" "y" { backend = "local" }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
=== check-data-count | unsupported-argument
check "a" {
  data "terraform_remote_state" "x" {
    count   = 1
    backend = "local"
  }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
=== check-data-undeclared-inside | undeclared-reference
check "a" {
  data "terraform_remote_state" "x" { backend = var.nope }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
=== check-self | reference-context
check "a" {
  assert {
    condition     = self.x
    error_message = "x"
  }
}
"""
