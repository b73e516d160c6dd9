"""What Groovy's compiler refuses behind the syntax."""

from __future__ import annotations

from iac_gym.check import Findings, Rule, rule
from iac_gym.languages.jenkins.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def declared_once(pipeline: Pipeline) -> Findings:
    """A variable is declared once in a block and those around it.

    Source: https://docs.groovy-lang.org/docs/groovy-2.4.21/html/documentation/#_variable_assignment

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                script {
                  def tag = '1'
                  def tag = '2'
                  echo tag
                }
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                script {
                  def tag = '1'
                  tag = '2'
                  echo tag
                }
              }
            }
          }
        }
    """
    return pipeline.faults.get("declared-once", ())


@rule(Stage.REFERENCES)
def known_class(pipeline: Pipeline) -> Findings:
    """A class that is named is one that Groovy knows, or is imported or defined.

    Source: https://docs.groovy-lang.org/docs/groovy-2.4.21/html/documentation/#_default_imports

    Bad::

        def read(text) {
          new JsonSlurper().parseText(text)
        }
        node {
          echo read('{}').toString()
        }

    Good::

        import groovy.json.JsonSlurper

        def read(text) {
          new JsonSlurper().parseText(text)
        }
        node {
          echo read('{}').toString()
        }
    """
    return pipeline.faults.get("known-class", ())


@rule(Stage.SEMANTICS)
def jump_in_loop(pipeline: Pipeline) -> Findings:
    """`break` and `continue` stand in a loop, not in a block that a method calls.

    Source: https://docs.groovy-lang.org/docs/groovy-2.4.21/html/documentation/#_looping_structures

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                script {
                  ['a', 'b'].each { name ->
                    if (name == 'a') {
                      continue
                    }
                    echo name
                  }
                }
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                script {
                  for (name in ['a', 'b']) {
                    if (name == 'a') {
                      continue
                    }
                    echo name
                  }
                }
              }
            }
          }
        }
    """
    return pipeline.faults.get("jump-in-loop", ())


IN_ORDER: tuple[Rule, ...] = (declared_once, known_class, jump_in_loop)
