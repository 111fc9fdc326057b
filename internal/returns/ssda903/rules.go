package ssda903

import "slices"

// rules are all validation rules, each as it stands for its collection years.
var rules = slices.Concat(rules100(), rules200(), rules205(), rules300(), rules365(), rules400(), rules500(), rules600(), rules700(), rules1000(), rulesINT(), rulesSW())
