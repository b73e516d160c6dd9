"""References, as `terraform validate` 1.11.4 judges them."""

from __future__ import annotations

TEXT = """
=== var-declared |
variable "a" {}
output "o" { value = var.a }
=== var-undeclared | undeclared-reference
variable "name" {}
output "o" { value = var.nme }
=== var-alone | invalid-reference
output "o" { value = var }
=== var-index | invalid-reference
variable "a" {}
output "o" { value = var["a"] }
=== var-splat | invalid-reference
variable "a" {}
output "o" { value = var[*] }
=== var-computed-index | invalid-reference
variable "a" {}
output "o" { value = var[lower("A")] }
=== var-in-dead-branch | undeclared-reference
output "o" { value = true ? 1 : var.nope }
=== var-in-unknown-branch | undeclared-reference
variable "c" {}
output "o" { value = var.c ? 1 : var.nope }
=== var-in-try | undeclared-reference
output "o" { value = try(var.nope, 1) }
=== var-in-can | undeclared-reference
output "o" { value = can(var.nope) }
=== var-in-and | undeclared-reference
output "o" { value = false && var.nope }
=== var-in-empty-for | undeclared-reference
output "o" { value = [for x in [] : var.nope] }
=== local-declared |
locals { a = 1 }
output "o" { value = local.a }
=== local-undeclared | undeclared-reference
locals { a = 1 }
output "o" { value = local.b }
=== locals-word | undeclared-reference
locals { a = 1 }
output "o" { value = locals.a }
=== local-alone | invalid-reference
locals { a = 1 }
output "o" { value = local }
=== bare-word | invalid-reference
output "o" { value = foo }
=== bare-word-dotted | undeclared-reference
output "o" { value = t2.micro }
=== bare-word-in-template | invalid-reference
output "o" { value = "x-${foo}" }
=== bare-word-three | undeclared-reference
output "o" { value = us.east.one }
=== bare-word-local-args | invalid-reference
resource "terraform_data" "a" { input = hello }
=== resource-declared |
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.id }
=== resource-undeclared | undeclared-reference
resource "terraform_data" "a" {}
output "o" { value = terraform_data.b.id }
=== resource-whole |
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a }
=== resource-type-alone | invalid-reference
resource "terraform_data" "a" {}
output "o" { value = terraform_data }
=== resource-type-index | invalid-reference
resource "terraform_data" "a" {}
output "o" { value = terraform_data["a"] }
=== resource-type-splat | invalid-reference
resource "terraform_data" "a" {}
output "o" { value = terraform_data[*] }
=== resource-prefix |
resource "terraform_data" "a" {}
output "o" { value = resource.terraform_data.a.id }
=== resource-prefix-short | invalid-reference
output "o" { value = resource.terraform_data }
=== resource-is-data | undeclared-reference
data "terraform_remote_state" "x" { backend = "local" }
output "o" { value = terraform_remote_state.x.outputs }
=== data-declared |
data "terraform_remote_state" "x" { backend = "local" }
output "o" { value = data.terraform_remote_state.x.outputs }
=== data-output-attribute |
data "terraform_remote_state" "x" { backend = "local" }
output "o" { value = data.terraform_remote_state.x.outputs.a.b }
=== data-undeclared | undeclared-reference
output "o" { value = data.terraform_remote_state.x.outputs }
=== data-is-resource | undeclared-reference
resource "terraform_data" "a" {}
output "o" { value = data.terraform_data.a.id }
=== data-alone | invalid-reference
output "o" { value = data }
=== data-type-alone | invalid-reference
output "o" { value = data.terraform_remote_state }
=== data-index | invalid-reference
data "terraform_remote_state" "x" { backend = "local" }
output "o" { value = data["terraform_remote_state"].x }
=== data-name-index | invalid-reference
data "terraform_remote_state" "x" { backend = "local" }
output "o" { value = data.terraform_remote_state["x"] }
=== data-attribute-unknown | unsupported-attribute
data "terraform_remote_state" "x" { backend = "local" }
output "o" { value = data.terraform_remote_state.x.output }
=== ephemeral-undeclared | undeclared-reference
output "o" { value = ephemeral.x.y.z }
=== ephemeral-short | invalid-reference
output "o" { value = ephemeral.x }
=== attribute-unknown | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.nope }
=== attribute-misspelt | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.outpt }
=== attribute-of-string | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.id.x }
=== attribute-index-of-string | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.id[0] }
=== attribute-of-any |
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.output.x.y[0]["k"] }
=== attribute-by-index | instance-key
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a["id"] }
=== attribute-by-number-index | instance-key
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a[0] }
=== attribute-count-of-resource | instance-key
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a.count }
=== attribute-count-of-single | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.count }
=== attribute-in-dead-branch | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = true ? 1 : terraform_data.a.nope }
=== attribute-meta-for-each | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.lifecycle }
=== attribute-depends-on | unsupported-attribute
resource "terraform_data" "a" { depends_on = [] }
output "o" { value = terraform_data.a.depends_on }
=== attribute-quoted-key-step | instance-key
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a["some key"] }
=== splat-of-single |
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a[*].id }
=== splat-of-single-unknown-attribute |
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a[*].nope }
=== splat-of-attribute |
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.output[*].x }
=== splat-of-unknown-attribute | unsupported-attribute
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a.nope[*].x }
=== counted-with-index |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a[0].id }
=== counted-without-index | instance-key
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a.id }
=== counted-whole |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a }
=== counted-splat |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a[*].id }
=== counted-attr-splat |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a.*.id }
=== counted-computed-index |
resource "terraform_data" "a" { count = 2 }
variable "i" {}
output "o" { value = terraform_data.a[var.i].id }
=== counted-computed-index-unknown-attribute |
resource "terraform_data" "a" { count = 2 }
variable "i" {}
output "o" { value = terraform_data.a[var.i].nope }
=== counted-legacy-index |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a.0.id }
=== counted-index-out-of-range |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a[7].id }
=== counted-string-index |
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a["x"].id }
=== counted-index-unknown-attribute | unsupported-attribute
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a[0].nope }
=== counted-index-string-attribute | unsupported-attribute
resource "terraform_data" "a" { count = 2 }
output "o" { value = terraform_data.a[0]["id"] }
=== counted-literal-one-without-index | instance-key
resource "terraform_data" "a" { count = 1 }
output "o" { value = terraform_data.a.id }
=== for-each-with-key |
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = terraform_data.a["x"].id }
=== for-each-missing-key-value |
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = terraform_data.a["y"].id }
=== for-each-without-key | instance-key
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = terraform_data.a.id }
=== for-each-dotted-key | instance-key
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = terraform_data.a.x.id }
=== for-each-numeric-index |
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = terraform_data.a[0].id }
=== for-each-whole-values |
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = values(terraform_data.a)[*].id }
=== for-each-in-for |
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = { for k, v in terraform_data.a : k => v.id } }
=== for-each-in-for-unknown-attribute |
resource "terraform_data" "a" { for_each = toset(["x"]) }
output "o" { value = { for k, v in terraform_data.a : k => v.nope } }
=== unexpected-key | instance-key
resource "terraform_data" "a" {}
output "o" { value = terraform_data.a["x"].id }
=== unexpected-computed-key |
resource "terraform_data" "a" {}
variable "i" {}
output "o" { value = terraform_data.a[var.i] }
=== index-key-null | invalid-reference
resource "terraform_data" "a" { count = 1 }
output "o" { value = terraform_data.a[null] }
=== index-key-fraction | invalid-reference
resource "terraform_data" "a" { count = 1 }
output "o" { value = terraform_data.a[0.5] }
=== index-key-negative |
resource "terraform_data" "a" { count = 1 }
output "o" { value = terraform_data.a[-1] }
=== index-key-bool | invalid-reference
resource "terraform_data" "a" { count = 1 }
output "o" { value = terraform_data.a[true] }
=== each-in-for-each |
resource "terraform_data" "a" {
  for_each = toset(["x"])
  input    = "${each.key}${each.value}"
}
=== each-in-counted | reference-context
resource "terraform_data" "a" {
  count = 1
  input = each.key
}
=== each-in-single | reference-context
resource "terraform_data" "a" { input = each.value }
=== each-in-output | reference-context
output "o" { value = each.key }
=== each-in-local | reference-context
locals { a = each.key }
=== each-in-own-for-each | reference-context
resource "terraform_data" "a" {
  for_each = toset([each.key])
}
=== each-attribute-unknown | reference-context
resource "terraform_data" "a" {
  for_each = toset(["x"])
  input    = each.name
}
=== each-alone | invalid-reference
resource "terraform_data" "a" {
  for_each = toset(["x"])
  input    = each
}
=== each-value-attribute |
resource "terraform_data" "a" {
  for_each = { x = { n = 1 } }
  input    = each.value.nope.deeper
}
=== each-key-attribute | expression
resource "terraform_data" "a" {
  for_each = { x = { n = 1 } }
  input    = each.key.n
}
=== each-in-depends-on | reference-context
resource "terraform_data" "a" {
  for_each   = toset(["x"])
  depends_on = [each.key]
}
=== count-in-counted |
resource "terraform_data" "a" {
  count = 2
  input = count.index
}
=== count-in-for-each | reference-context
resource "terraform_data" "a" {
  for_each = toset(["x"])
  input    = count.index
}
=== count-in-single | reference-context
resource "terraform_data" "a" { input = count.index }
=== count-in-own-count | reference-context
resource "terraform_data" "a" { count = count.index }
=== count-attribute-unknown | reference-context
resource "terraform_data" "a" {
  count = 2
  input = count.value
}
=== count-alone | invalid-reference
resource "terraform_data" "a" {
  count = 2
  input = count
}
=== count-in-output | reference-context
output "o" { value = count.index }
=== count-in-lifecycle-precondition |
resource "terraform_data" "a" {
  count = 2
  lifecycle {
    precondition {
      condition     = count.index < 2
      error_message = "no ${count.index}"
    }
  }
}
=== count-in-lifecycle-precondition-of-single | reference-context
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = count.index < 2
      error_message = "no"
    }
  }
}
=== self-in-body | reference-context
resource "terraform_data" "a" { input = self.id }
=== self-in-output | reference-context
output "o" { value = self.id }
=== self-in-precondition | reference-context
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = self.id != ""
      error_message = "no"
    }
  }
}
=== self-in-postcondition |
resource "terraform_data" "a" {
  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "no ${self.id}"
    }
  }
}
=== self-in-postcondition-of-counted |
resource "terraform_data" "a" {
  count = 1
  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "no ${self.id}"
    }
  }
}
=== self-in-postcondition-of-for-each |
resource "terraform_data" "a" {
  for_each = toset(["x"])
  lifecycle {
    postcondition {
      condition     = self.id != each.key
      error_message = "no ${self.id}"
    }
  }
}
=== self-attribute-unknown | unsupported-attribute
resource "terraform_data" "a" {
  lifecycle {
    postcondition {
      condition     = self.nope != ""
      error_message = "no"
    }
  }
}
=== self-in-provisioner |
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "echo ${self.id}" }
}
=== self-in-provisioner-unknown | unsupported-attribute
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "echo ${self.nope}" }
}
=== self-in-provisioner-of-counted |
resource "terraform_data" "a" {
  count = 1
  provisioner "local-exec" { command = "echo ${self.id}" }
}
=== self-in-connection |
resource "terraform_data" "a" {
  connection { host = self.id }
  provisioner "remote-exec" { inline = ["true"] }
}
=== self-alone-in-postcondition |
resource "terraform_data" "a" {
  lifecycle {
    postcondition {
      condition     = self != null
      error_message = "no"
    }
  }
}
=== own-name-in-postcondition | condition-reference
resource "terraform_data" "a" {
  lifecycle {
    postcondition {
      condition     = terraform_data.a.id != ""
      error_message = "no"
    }
  }
}
=== own-name-in-error-message | condition-reference
variable "x" {}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.x
      error_message = "no ${terraform_data.a.id}"
    }
  }
}
=== own-name-in-provisioner |
resource "terraform_data" "a" {
  provisioner "local-exec" { command = "echo ${terraform_data.a.id}" }
}
=== own-name-in-body |
resource "terraform_data" "a" { input = terraform_data.a.id }
=== path-module |
output "o" { value = "${path.module}${path.root}${path.cwd}" }
=== path-unknown | reference-context
output "o" { value = path.home }
=== path-alone | invalid-reference
output "o" { value = path }
=== path-attribute | expression
output "o" { value = path.module.x }
=== terraform-workspace |
output "o" { value = terraform.workspace }
=== terraform-env | reference-context
output "o" { value = terraform.env }
=== terraform-version | reference-context
output "o" { value = terraform.version }
=== terraform-alone | invalid-reference
output "o" { value = terraform }
=== terraform-applying | ephemeral-value
output "o" { value = terraform.applying }
=== reserved-template | invalid-reference
output "o" { value = template.x.y }
=== reserved-lazy | invalid-reference
output "o" { value = lazy.x.y }
=== reserved-arg | invalid-reference
output "o" { value = arg.x }
=== output-reference | undeclared-reference
output "a" { value = 1 }
output "o" { value = output.a }
=== check-reference | undeclared-reference
output "o" { value = check.a }
=== for-names-shadow |
output "o" { value = [for k, v in { a = 1 } : "${k}${v}"] }
=== for-name-outside | invalid-reference
output "o" { value = [[for v in [1] : v], v] }
=== for-name-in-source | invalid-reference
output "o" { value = [for v in v : v] }
=== for-name-shadows-var |
output "o" { value = [for var in [{ x = 1 }] : var.x] }
=== for-name-in-condition |
output "o" { value = [for v in [1, 2] : v if v > 1] }
=== for-nested-names |
output "o" { value = [for a in [[1]] : [for b in a : "${b}${a[0]}"]] }
=== for-key-unbound | invalid-reference
output "o" { value = [for v in [1] : k] }
=== for-value-attribute-of-number | expression
output "o" { value = [for v in [1] : v.x] }
=== template-for |
output "o" { value = "%{for v in [1]}${v}%{endfor}" }
=== template-for-outside | invalid-reference
output "o" { value = "%{for v in [1]}${v}%{endfor}${v}" }
=== template-for-key |
output "o" { value = "%{for k, v in [1]}${k}%{endfor}" }
=== template-if-undeclared | undeclared-reference
output "o" { value = "%{if true}x%{else}${var.nope}%{endif}" }
=== object-key-bare |
output "o" { value = { foo = 1, bar = 2 } }
=== object-key-parens | undeclared-reference
output "o" { value = { (var.nope) = 1 } }
=== object-key-traversal | syntax
output "o" { value = { var.nope = 1 } }
=== object-key-template | undeclared-reference
output "o" { value = { "${var.nope}" = 1 } }
=== object-key-parens-bare | invalid-reference
output "o" { value = { (foo) = 1 } }
=== index-key-reference | undeclared-reference
output "o" { value = [1, 2][var.nope] }
=== function-argument | undeclared-reference
output "o" { value = upper(local.nope) }
=== function-name-as-reference | invalid-reference
output "o" { value = timestamp }
=== heredoc-reference | undeclared-reference
output "o" {
  value = <<-EOT
    x ${var.nope}
  EOT
}
=== escaped-template |
output "o" { value = "$${var.nope} %%{if}" }
=== templatefile-names | expression
output "o" { value = templatefile("x.tpl", { a = 1 }) }
=== unary-reference | undeclared-reference
output "o" { value = -var.nope }
=== module-undeclared | undeclared-reference
output "o" { value = module.a.x }
=== module-alone | invalid-reference
output "o" { value = module }
=== module-whole |
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a }
--- a/main.tf
output "x" { value = 1 }
=== module-output |
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a.x }
--- a/main.tf
output "x" { value = 1 }
=== module-output-deep |
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a.x.y.z[0] }
--- a/main.tf
output "x" { value = 1 }
=== module-output-unknown | expression
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a.y }
--- a/main.tf
output "x" { value = 1 }
=== module-output-is-variable | expression
--- main.tf
module "a" {
  source = "./a"
  x      = 1
}
output "o" { value = module.a.x }
--- a/main.tf
variable "x" {}
=== module-resource-inside | expression
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a.terraform_data.b.id }
--- a/main.tf
resource "terraform_data" "b" {}
=== module-output-unknown-in-branch |
--- main.tf
variable "c" {}
module "a" { source = "./a" }
output "o" { value = var.c ? module.a.y : 1 }
--- a/main.tf
output "x" { value = 1 }
=== module-output-unknown-in-try |
--- main.tf
module "a" { source = "./a" }
output "o" { value = try(module.a.y, 1) }
--- a/main.tf
output "x" { value = 1 }
=== module-counted-output |
--- main.tf
module "a" {
  source = "./a"
  count  = 2
}
output "o" { value = module.a[0].x }
--- a/main.tf
output "x" { value = 1 }
=== module-counted-output-without-index | expression
--- main.tf
module "a" {
  source = "./a"
  count  = 2
}
output "o" { value = module.a.x }
--- a/main.tf
output "x" { value = 1 }
=== module-counted-splat |
--- main.tf
module "a" {
  source = "./a"
  count  = 2
}
output "o" { value = module.a[*].x }
--- a/main.tf
output "x" { value = 1 }
=== module-counted-splat-unknown | expression
--- main.tf
module "a" {
  source = "./a"
  count  = 2
}
output "o" { value = module.a[*].y }
--- a/main.tf
output "x" { value = 1 }
=== module-counted-string-key | expression
--- main.tf
module "a" {
  source = "./a"
  count  = 2
}
output "o" { value = module.a["x"].x }
--- a/main.tf
output "x" { value = 1 }
=== module-for-each-output |
--- main.tf
module "a" {
  source   = "./a"
  for_each = toset(["k"])
}
output "o" { value = module.a["k"].x }
--- a/main.tf
output "x" { value = 1 }
=== module-for-each-output-without-key | expression
--- main.tf
module "a" {
  source   = "./a"
  for_each = toset(["k"])
}
output "o" { value = module.a.x.y }
--- a/main.tf
output "x" { value = 1 }
=== module-for-each-dotted-key |
--- main.tf
module "a" {
  source   = "./a"
  for_each = toset(["k"])
}
output "o" { value = module.a.k.x }
--- a/main.tf
output "x" { value = 1 }
=== module-for-each-dotted-key-unknown-output | expression
--- main.tf
module "a" {
  source   = "./a"
  for_each = toset(["k"])
}
output "o" { value = module.a.k.z }
--- a/main.tf
output "x" { value = 1 }
=== module-for-each-numeric-key |
--- main.tf
module "a" {
  source   = "./a"
  for_each = toset(["k"])
}
output "o" { value = module.a[0].x }
--- a/main.tf
output "x" { value = 1 }
=== module-single-index |
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a[0].x }
--- a/main.tf
output "x" { value = 1 }
=== module-single-string-index |
--- main.tf
module "a" { source = "./a" }
output "o" { value = module.a["x"] }
--- a/main.tf
output "x" { value = 1 }
=== module-double-index | invalid-reference
--- main.tf
module "a" {
  source = "./a"
  count  = 1
}
output "o" { value = module.a[0][1] }
--- a/main.tf
output "x" { value = 1 }
=== module-for-over-single |
--- main.tf
module "a" { source = "./a" }
output "o" { value = [for k, v in module.a : k] }
--- a/main.tf
output "x" { value = 1 }
=== module-child-undeclared | undeclared-reference
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
output "x" { value = var.nope }
=== module-parent-variable | undeclared-reference
--- main.tf
variable "v" {}
module "a" { source = "./a" }
--- a/main.tf
output "x" { value = var.v }
=== module-sibling-resource | undeclared-reference
--- main.tf
module "a" { source = "./a" }
module "b" { source = "./b" }
--- a/main.tf
resource "terraform_data" "r" {}
--- b/main.tf
output "x" { value = terraform_data.r.id }
=== module-uncalled-is-not-read |
--- main.tf
output "o" { value = 1 }
--- a/main.tf
output "x" { value = var.nope }
=== module-argument-undeclared | undeclared-reference
--- main.tf
module "a" {
  source = "./a"
  v      = var.nope
}
--- a/main.tf
variable "v" {}
=== module-argument-each-without-for-each |
--- main.tf
module "a" {
  source = "./a"
  v      = "${each.key}${count.index}"
}
--- a/main.tf
variable "v" {}
=== module-argument-self | reference-context
--- main.tf
module "a" {
  source = "./a"
  v      = self.x
}
--- a/main.tf
variable "v" {}
=== module-for-each-own-each | reference-context
--- main.tf
module "a" {
  source   = "./a"
  for_each = toset([each.key])
}
--- a/main.tf
=== dynamic-iterator |
resource "terraform_data" "a" { input = 1 }
=== local-attribute-of-object | expression
locals { a = { b = 1 } }
output "o" { value = local.a.c }
=== local-attribute-of-object-in-branch |
variable "c" {}
locals { a = { b = 1 } }
output "o" { value = var.c ? local.a.c : 1 }
=== local-index-out-of-range | expression
locals { a = [1] }
output "o" { value = local.a[1] }
=== local-of-unknown-attribute |
locals { a = terraform_data.a.output.x }
resource "terraform_data" "a" {}
output "o" { value = local.a.b.c }
=== local-unused-error | expression
locals { a = length(5) }
=== local-unused-undeclared | undeclared-reference
locals { a = var.nope }
=== local-resource-alias |
resource "terraform_data" "a" {}
locals { a = terraform_data.a }
output "o" { value = local.a.nope }
=== var-attribute-of-string | expression
variable "a" { type = string }
output "o" { value = var.a.b }
=== var-attribute-of-object | expression
variable "a" { type = object({ x = string }) }
output "o" { value = var.a.y }
=== var-attribute-of-object-known |
variable "a" { type = object({ x = string }) }
output "o" { value = var.a.x }
=== var-attribute-of-map |
variable "a" { type = map(string) }
output "o" { value = var.a.anything }
=== var-attribute-of-list | expression
variable "a" { type = list(string) }
output "o" { value = var.a.x }
=== var-index-of-set | expression
variable "a" { type = set(string) }
output "o" { value = var.a[0] }
=== var-attribute-of-untyped |
variable "a" { default = "x" }
output "o" { value = var.a.b.c }
=== var-dash-name |
variable "a-b" {}
output "o" { value = var.a-b }
=== provider-function-undeclared | provider-function
output "o" { value = provider::aws::arn_parse("x") }
=== provider-function-terraform | provider-function
output "o" { value = provider::terraform::encode_tfvars({ a = 1 }) }
=== provider-function-terraform-required |
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
output "o" { value = provider::terraform::encode_tfvars({ a = 1 }) }
=== provider-function-terraform-unknown | provider-function
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
output "o" { value = provider::terraform::nope("x") }
=== namespaced-function |
output "o" { value = core::upper("x") }
=== unknown-function | expression
output "o" { value = uppper("x") }
"""
