"""The terms of SHACL's namespace: engines ignore terms they do not know, so a misspelt constraint holds nothing."""

from __future__ import annotations

from typing import Final

SHACL: Final = "http://www.w3.org/ns/shacl#"

_CORE = """
    NodeShape PropertyShape Shape ValidationReport ValidationResult ResultAnnotation Parameterizable ConstraintComponent
    NodeKind BlankNode BlankNodeOrIRI BlankNodeOrLiteral IRI IRIOrLiteral Literal PropertyGroup Severity Violation
    Warning Info
    targetClass targetNode targetObjectsOf targetSubjectsOf target property path deactivated message severity
    name description order group defaultValue
    alternativePath inversePath zeroOrMorePath oneOrMorePath zeroOrOnePath
    class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength
    pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone node
    qualifiedValueShape qualifiedValueShapesDisjoint qualifiedMinCount qualifiedMaxCount closed ignoredProperties
    hasValue in
    conforms result focusNode resultPath resultSeverity resultMessage sourceShape sourceConstraint
    sourceConstraintComponent value detail shapesGraph shapesGraphWellFormed entailment suggestedShapesGraph
"""
_SPARQL = """
    sparql select ask construct update prefixes declare prefix namespace parameter optional labelTemplate
    validator nodeValidator propertyValidator Validator SPARQLExecutable SPARQLAskExecutable SPARQLSelectExecutable
    SPARQLConstructExecutable SPARQLUpdateExecutable SPARQLConstraint SPARQLConstraintComponent SPARQLAskValidator
    SPARQLSelectValidator Parameter PrefixDeclaration annotationProperty annotationValue annotationVarName
    resultAnnotation
"""
_ADVANCED = """
    rule Rule TripleRule SPARQLRule Rules condition subject predicate object Target TargetType SPARQLTarget
    SPARQLTargetType Function SPARQLFunction ExpressionConstraintComponent expression filterShape nodes intersection
    union this returnType js jsFunctionName jsLibrary jsLibraryURL JSConstraint JSExecutable JSFunction JSLibrary
    JSRule JSTarget JSTargetType JSValidator distinct count exists if then else limit offset orderBy desc sum min max
    groupConcat separator remove
"""
_COMPONENTS = """
    And Class Closed Datatype Disjoint Equals HasValue In JS LanguageIn LessThan LessThanOrEquals MaxCount MaxExclusive
    MaxInclusive MaxLength MinCount MinExclusive MinInclusive MinLength Node NodeKind Not Or Pattern Property
    QualifiedMaxCount QualifiedMinCount SPARQL UniqueLang Xone
"""

SHACL_TERMS: Final = frozenset(
    (_CORE + _SPARQL + _ADVANCED).split() + [f"{name}ConstraintComponent" for name in _COMPONENTS.split()]
)
